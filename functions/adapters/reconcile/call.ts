import { setTimeout as pause } from "node:timers/promises";
import { describeError } from "../../domain/errors";
import { ApiError } from "../../domain/reconcile-ports";

/** An answer with a status of 2xx. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Time by the API's clock, in milliseconds since the epoch; by this machine's if the answer has no `Date`. */
  readonly date: number;
}

export interface ApiRequest {
  readonly method?: "GET" | "POST";
  /** Query parameters in their order; a name can occur more than once. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** Calls one provider's API. Rejects with an {@link ApiError} for all but 2xx. */
export type ApiCall = (path: string, request?: ApiRequest) => Promise<ApiAnswer>;

export interface ApiCallOptions {
  readonly host: string;
  /** Returns the credentials and the headers that the API requires of every request. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Aborts all calls. */
  readonly signal: AbortSignal;
}

/**
 * Hosts to which an API key may be sent. `<shop>` comes from the configuration and `<region>` from the key; both must
 * be followed by the provider's own domain.
 */
const HOSTS =
  /^(?:api\.stripe\.com|api\.github\.com|api\.(?:(?:us|eu|in|ca|au)\.)?svix\.com|[a-z0-9][a-z0-9-]*\.myshopify\.com)$/;

/**
 * Environment variable with the address of a local double of the APIs; the first part of the path there is the API's
 * host.
 */
export const DOUBLE = "RECONCILE_API_DOUBLE";
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * Maximum number of attempts at one call, base of the pauses between them, and the longest pause, in milliseconds. A
 * call fails if the API requests a longer one.
 */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 60_000;

/** Time limit of one answer, in milliseconds: a list of large events takes seconds. */
const TIMEOUT_MS = 20_000;

/**
 * Returns the address of an API.
 * @throws if the host is no provider's or the double is not on this machine, so that no other host gets a key
 */
function addressOf(host: string): string {
  if (!HOSTS.test(host)) throw new ApiError("unexpected", `${host} is not the host of a provider's API`);
  const double = process.env[DOUBLE];
  if (double === undefined) return `https://${host}`;
  if (!LOOPBACK.test(double)) throw new ApiError("unexpected", `${DOUBLE} is not on this machine`);
  return `${double}/${host}`;
}

/**
 * Returns a function that calls a host. Retries failures that are not the request's fault, after the pause that the
 * host requests, or else after growing pauses.
 */
export function apiCall({ host, headers, signal }: ApiCallOptions): ApiCall {
  const base = addressOf(host);
  return async (path, { method = "GET", query = [], headers: more, body } = {}) => {
    const parameters = new URLSearchParams(query.map(([...pair]) => pair)).toString();
    const what = `${method} ${host}${path}`;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await once(`${base}${path}${parameters && `?${parameters}`}`, what, {
        method,
        headers: { "user-agent": "webhook-inbox", ...headers(), ...more },
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        ...(body !== undefined && { body }),
      });
      if ("text" in outcome) return outcome;
      signal.throwIfAborted();
      const { error, waitMs = Math.random() * FIRST_PAUSE_MS * 2 ** attempt } = outcome;
      if (error.problem !== "unavailable" || attempt === ATTEMPTS || waitMs > LONGEST_PAUSE_MS) throw error;
      await pause(waitMs, undefined, { signal });
    }
  };
}

interface Failed {
  readonly error: ApiError;
  /** Pause that the API requests before the next call, in milliseconds. */
  readonly waitMs?: number;
}

async function once(url: string, what: string, init: RequestInit): Promise<ApiAnswer | Failed> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, init);
    text = await response.text();
  } catch (cause) {
    const error = new ApiError("unavailable", `${what}: no answer, ${describeError(cause)}`, { cause });
    return { error };
  }
  const { status, headers } = response;
  const date = Date.parse(headers.get("date") ?? "") || Date.now();
  if (response.ok) return { status, text, headers, date };
  const waitMs = waitOf(status, headers, date);
  const isLimited = status === 429 || (status === 403 && waitMs !== undefined);
  // Leave out the text of the answer: it can contain a part of the key.
  const message = `${what} answered ${status}${isLimited ? ": its rate limit is reached" : ""}`;
  const problem = isLimited || status >= 500 || status === 408 ? "unavailable" : problemOf(status);
  return { error: new ApiError(problem, message), ...(waitMs !== undefined && { waitMs }) };
}

function problemOf(status: number): ApiError["problem"] {
  if (status === 401 || status === 403) return "denied";
  return status === 404 || status === 410 ? "not_found" : "unexpected";
}

/**
 * Returns the milliseconds to wait by `retry-after`, or by GitHub's headers once its hourly limit is used up.
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 */
function waitOf(status: number, headers: Headers, date: number): number | undefined {
  if (status < 400) return undefined;
  const after = headers.get("retry-after");
  if (after !== null) {
    const seconds = Number(after);
    return Math.max(0, Number.isNaN(seconds) ? Date.parse(after) - date : seconds * 1_000) || 0;
  }
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  return headers.get("x-ratelimit-remaining") === "0" && !Number.isNaN(reset)
    ? Math.max(0, reset * 1_000 - date)
    : undefined;
}
