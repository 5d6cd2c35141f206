/** Signature schemes of webhook senders: verify what they send, or sign as they do. Knows nothing of AWS. */
import { compile } from "./compile";
import type { Scheme } from "./scheme";

export { ConfigurationError } from "./errors";
export { readEvent, UNKNOWN_TYPE, type EventFacts } from "./event";
export { handshake, type HandshakeAnswer } from "./handshake";
export { schemes } from "./registry";
export type { Refusal, RefusalReason, RequestHeaders, Verdict, WebhookRequest } from "./request";
export type { Scheme } from "./scheme";
export { sign, type SigningMessage } from "./sign";
export { verify } from "./verify";

/** Headers without which no request of this scheme can be accepted, in canonical case: for a validator at the door. */
export function requiredHeaders(scheme: Scheme): readonly string[] {
  return compile(scheme).requiredHeaders;
}

/** The header that carries the signature, in canonical case; `X-Webhook-Signature` may stand for it. */
export function signatureHeader(scheme: Scheme): string {
  const [name = ""] = scheme.verify.signature.headers;
  return name;
}
