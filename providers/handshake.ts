import { valueAt } from "./payload";
import type { WebhookRequest } from "./request";
import type { Scheme } from "./scheme";

/** The answer to a handshake. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A challenge is a short token; nothing longer, and no control characters, is sent back. */
const CHALLENGE = /^[\x20-\x7e]{1,1024}$/;

/**
 * The answer where a verified request is the sender's question whether this endpoint is its user's; undefined for
 * every other one. Call it after {@link verify} only: it would otherwise echo what a stranger chooses.
 */
export function handshake(
  scheme: Scheme,
  _request: WebhookRequest,
  payload: unknown,
): HandshakeAnswer | undefined {
  for (const { when, echo } of scheme.handshakes ?? []) {
    const value = valueAt(payload, echo);
    if (valueAt(payload, when.at) !== when.equals || typeof value !== "string" || !CHALLENGE.test(value))
      continue;
    return {
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
      body: value,
    };
  }
  return undefined;
}
