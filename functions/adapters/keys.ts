import type { KeyRequest } from "../../providers";
import { describeError, UnavailableError } from "../domain/errors";
import type { IngestPorts } from "../domain/ingest-ports";
import type { Log } from "../domain/log-line";

/** Fetches a URL; undefined if the host answers that nothing is there. */
export type FetchText = (request: KeyRequest) => Promise<string | undefined>;

/** Time limit of one call, in milliseconds; the provider is waiting for its response. */
const CALL_TIMEOUT_MS = 2_500;

/** Largest certificate or key set that is read, in bytes; real ones have up to 10 KB. */
export const MAX_KEY_BYTES = 64 * 1024;

/**
 * Milliseconds for which a fetched key is used. Fireblocks documents an hour for its keys, the other providers nothing.
 */
export const KEY_CACHE_MS = 60 * 60_000;

/** Milliseconds for which a missing key is cached, and the minimum between two fetches of one address. */
export const KEY_REFRESH_PAUSE_MS = 30_000;

/**
 * Maximum fetches per minute and scheme of addresses that returned no key before. Unverified requests name these
 * addresses, and could otherwise make this endpoint call a provider without limit. Known addresses are not counted;
 * each is fetched at most once per {@link KEY_REFRESH_PAUSE_MS}.
 */
export const MAX_FETCHES_PER_MINUTE = 30;

/** Maximum number of cached addresses. */
const MAX_KEYS = 200;

/** Status codes that mean a key does not exist. */
const NO_SUCH_KEY = new Set([400, 403, 404, 410]);

/**
 * Error codes that mean the host does not exist or has another host's certificate. Without `EAI_AGAIN`, a DNS outage.
 */
const NO_SUCH_HOST = new Set(["ENOTFOUND", "ERR_TLS_CERT_ALTNAME_INVALID"]);

/**
 * Fetches over https without following redirects: only the address itself was checked, not the target of a redirect.
 */
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

/** Returns whether the host does not exist. `fetch` fails with a TypeError whose cause is the socket's error. */
function isNoSuchHost(error: unknown): boolean {
  const { cause } = Object(error) as { readonly cause?: unknown };
  const { code } = Object(cause) as { readonly code?: unknown };
  return typeof code === "string" && NO_SUCH_HOST.has(code);
}

/** Calls an address for its effect. @throws UnavailableError if it does not answer 2xx, so that the provider retries */
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

/** Reads a response body. @throws if it has more than {@link MAX_KEY_BYTES} */
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
 * Caches keys by address, fetched on first use; during an outage of a host the last fetched key stays in use.
 *
 * Forged requests name addresses too, so fetches per minute and scheme and cached addresses are limited. Beyond the
 * limit an unknown address counts as one without a key: a flood gets 401 like other forged requests and raises no 5xx
 * alarm. Addresses that returned a key are exempt. Only a host that exists and does not answer counts as unavailable.
 */
export function cachedKeys(fetchOne: FetchText, now: () => number, log: Log): IngestPorts["keys"] {
  const cache = new Map<string, Cached>();
  /**
   * Time at which an address was found to have no key. A map of its own, so that made-up addresses evict no cached key.
   */
  const missing = new Map<string, number>();
  /** Time and reason of the last failed fetch of an address that returned a key before. */
  const failed = new Map<string, { readonly at: number; readonly error: unknown }>();
  /** Start and count of the current rate-limit window, by scheme. */
  const counted = new Map<string, { readonly since: number; fetches: number }>();

  const keyOf = ({ url, body = "" }: KeyRequest) => `${url} ${body}`;
  const isRecent = (at: number | undefined) => at !== undefined && now() - at < KEY_REFRESH_PAUSE_MS;

  /** Returns whether one more unknown address may be fetched for this scheme. */
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
      // Name only the host: the full address is untrusted, and the body can hold credentials.
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

/** Adds an entry to a cache of limited size; evicts the oldest if it is full. */
function remember<T>(cache: Map<string, T>, key: string, value: T): void {
  cache.delete(key);
  const [oldest] = cache.keys();
  if (cache.size >= MAX_KEYS && oldest !== undefined) cache.delete(oldest);
  cache.set(key, value);
}
