import type { KeyRequest } from "../../providers";
import { describeError, UnavailableError } from "../domain/errors";
import type { IngestPorts } from "../domain/ingest-ports";

/** Fetches what is at an address; undefined where the host says that there is nothing. */
export type FetchText = (request: KeyRequest) => Promise<string | undefined>;

/** Milliseconds that one call may take; the sender waits. */
const CALL_TIMEOUT_MS = 2_500;

/** Largest certificate or key set that is read, in bytes; real ones have up to 10 KB. */
export const MAX_KEY_BYTES = 64 * 1024;

/** How long a key is used, in milliseconds. Fireblocks says an hour for its own; the others say nothing. */
export const KEY_CACHE_MS = 60 * 60_000;

/** How long "there is no such key" holds, and least time between two fetches of one address, in milliseconds. */
export const KEY_REFRESH_PAUSE_MS = 30_000;

/**
 * Fetches in a minute, for one scheme, of addresses that held no key before. Requests that nobody has verified name
 * them; without a limit they would make this endpoint call a provider as often as they like. An address that held a key
 * is fetched all the same, once in {@link KEY_REFRESH_PAUSE_MS} at most.
 */
export const MAX_FETCHES_PER_MINUTE = 30;

/** Addresses kept at once. */
const MAX_KEYS = 200;

/** What a host answers for a key that it does not have. */
const NO_SUCH_KEY = new Set([400, 403, 404, 410]);

/** What says that there is no such host, or that it is another one. `EAI_AGAIN` says only that nobody could tell. */
const NO_SUCH_HOST = new Set(["ENOTFOUND", "ERR_TLS_CERT_ALTNAME_INVALID"]);

/** Over https, without following redirects: the address was checked, the one behind a redirect was not. */
export const fetchText: FetchText = async ({ url, body }) => {
  let response: Response;
  try {
    response = await call(url, body);
  } catch (error) {
    if (isNoSuchHost(error)) return undefined;
    throw error;
  }
  if (NO_SUCH_KEY.has(response.status)) return undefined;
  if (!response.ok) throw new Error(`status ${response.status}`);
  return readLimited(response);
};

/** `fetch` fails with a TypeError whose cause is the socket's error. */
function isNoSuchHost(error: unknown): boolean {
  const { cause } = Object(error) as { readonly cause?: unknown };
  const { code } = Object(cause) as { readonly code?: unknown };
  return typeof code === "string" && NO_SUCH_HOST.has(code);
}

/** Calls an address for its effect. @throws UnavailableError where it does not answer 2xx, so that the sender comes again */
export async function visit(url: string): Promise<void> {
  try {
    const response = await call(url);
    await response.body?.cancel();
    if (!response.ok) throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw new UnavailableError(new URL(url).hostname, { cause });
  }
}

function call(url: string, body?: string): Promise<Response> {
  if (!url.startsWith("https://")) throw new Error("only https is called");
  return fetch(url, {
    redirect: "error",
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    ...(body !== undefined && { method: "POST", headers: { "content-type": "application/json" }, body }),
  });
}

/** @throws where there is more than {@link MAX_KEY_BYTES} */
async function readLimited({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_KEY_BYTES) throw new Error(`more than ${MAX_KEY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

interface Cached {
  readonly text: string;
  readonly fetchedAt: number;
}

/**
 * Keys by their address, fetched on first use and kept; an outage of a host goes on with what was last fetched.
 *
 * Strangers name addresses, too. What they cost is bounded: so many fetches in a minute for each scheme, so many
 * addresses kept. Beyond that an address that held no key before counts as one that holds none, so that a flood is
 * answered with 401 like every other forged request and sets off no alarm for 5xx; one that held a key has no part in
 * the limit. What is unavailable is only a host that exists and does not answer.
 */
export function cachedKeys(
  fetchOne: FetchText,
  now: () => number,
  log: (line: Record<string, unknown>) => void,
): IngestPorts["keys"] {
  const cache = new Map<string, Cached>();
  /** When an address was found to hold nothing. Apart, so that made-up addresses push no key out of the cache. */
  const missing = new Map<string, number>();
  /** When an address that held a key was last asked for in vain, and why. */
  const failed = new Map<string, { readonly at: number; readonly error: unknown }>();
  /** Of each scheme: when the limit began to count, and what it has counted since. */
  const counted = new Map<string, { readonly since: number; fetches: number }>();

  const keyOf = ({ url, body = "" }: KeyRequest) => `${url} ${body}`;
  const isRecent = (at: number | undefined) => at !== undefined && now() - at < KEY_REFRESH_PAUSE_MS;

  /** Whether one more address that nobody knows may be fetched for this scheme. */
  function mayFetchUnknown(scheme: string): boolean {
    let count = counted.get(scheme);
    if (!count || now() - count.since >= 60_000) counted.set(scheme, (count = { since: now(), fetches: 0 }));
    count.fetches += 1;
    if (count.fetches === MAX_FETCHES_PER_MINUTE + 1) log({ event: "keys.limited", scheme });
    return count.fetches <= MAX_FETCHES_PER_MINUTE;
  }

  async function fetchNow(request: KeyRequest): Promise<string | undefined> {
    const host = new URL(request.url).hostname;
    try {
      const text = await fetchOne(request);
      if (text === undefined) remember(missing, keyOf(request), now());
      else remember(cache, keyOf(request), { text, fetchedAt: now() });
      return text;
    } catch (cause) {
      if (cache.has(keyOf(request))) remember(failed, keyOf(request), { at: now(), error: cause });
      // Neither the whole address nor the body: the one is a stranger's text, the other holds credentials.
      throw new UnavailableError(`key from ${host}`, { cause });
    }
  }

  return {
    async fetch(request, scheme) {
      const key = keyOf(request);
      const cached = cache.get(key);
      if (cached && now() - cached.fetchedAt < KEY_CACHE_MS) return cached.text;
      if (isRecent(missing.get(key))) return undefined;
      if (cached && isRecent(failed.get(key)?.at)) return cached.text;
      if (!cached && !mayFetchUnknown(scheme)) return undefined;
      try {
        return await fetchNow(request);
      } catch (error) {
        if (!cached) throw error;
        log({ event: "keys.stale", error: describeError(error) });
        return cached.text;
      }
    },
    async refresh(request, scheme) {
      const key = keyOf(request);
      const cached = cache.get(key);
      if (isRecent(cached?.fetchedAt) || isRecent(missing.get(key))) return false;
      if (!cached && !mayFetchUnknown(scheme)) return false;
      const failure = failed.get(key);
      if (isRecent(failure?.at)) {
        log({ event: "keys.stale", error: describeError(failure?.error) });
        return false;
      }
      try {
        await fetchNow(request);
        return true;
      } catch (error) {
        log({ event: "keys.stale", error: describeError(error) });
        return false;
      }
    },
  };
}

/** Puts something into a cache that has room for so many; the oldest makes room. */
function remember<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.delete(key);
  const [oldest] = kept.keys();
  if (kept.size >= MAX_KEYS && oldest !== undefined) kept.delete(oldest);
  kept.set(key, value);
}
