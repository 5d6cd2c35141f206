/** A response of the endpoint. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Value of Retry-After, in seconds, if a store or the queue is unavailable. */
const RETRY_AFTER_SECONDS = 5;

const TITLES: Readonly<Record<ProblemStatus, string>> = {
  400: "Malformed request",
  401: "Signature rejected",
  403: "Source address not allowed",
  404: "Unknown provider",
  413: "Payload too large",
  503: "Temporarily unavailable",
};

export type ProblemStatus = 400 | 401 | 403 | 404 | 413 | 503;

/**
 * Returns an error as RFC 9457 problem details. `detail` is read by a stranger: it names what is wrong with the request
 * and never holds a secret, an expected signature or the text of an internal error.
 */
export function problem(status: ProblemStatus, detail: string, requestId: string): Answer {
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(status === 503 && { "retry-after": String(RETRY_AFTER_SECONDS) }),
    },
    body: JSON.stringify({ type: "about:blank", title: TITLES[status], status, detail, requestId }),
  };
}

/** Returns a JSON answer. */
export function json(status: number, body: unknown): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
