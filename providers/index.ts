/** Signature schemes of webhook senders: verify what they send, or sign as they do. Knows nothing of AWS. */
import { compile } from "./compile";
import type { CustomVerification } from "./custom/verification";
import { asksUnsigned } from "./handshake";
import { isHmac, type Scheme } from "./scheme";

export { ConfigurationError } from "./errors";
export { readEvent, UNKNOWN_TYPE, type EventFacts } from "./event";
export { describedBy } from "./headers";
export { formObject, parseForm } from "./form";
export {
  asksBefore,
  handshake,
  needsVerifyToken,
  openHandshake,
  questionMethods,
  teachesSecret,
  type HandshakeAnswer,
} from "./handshake";
export { schemes } from "./registry";
export type { Refusal, RefusalReason, RequestHeaders, Verdict, WebhookRequest } from "./request";
export type { CustomVerification, KeyRequest } from "./custom/verification";
export type { HmacScheme, Scheme, SuccessAnswer } from "./scheme";
export { sign, signMessage, type SignedMessage, type SigningMessage } from "./sign";
export { keyRequest, verify } from "./verify";

/**
 * Headers without which no request of this scheme can be accepted, in canonical case: for a validator at the door. None
 * where a question comes without them.
 */
export function requiredHeaders(scheme: Scheme): readonly string[] {
  if (asksUnsigned(scheme)) return [];
  return isHmac(scheme)
    ? compile(scheme).requiredHeaders
    : (scheme.verify as CustomVerification).requiredHeaders;
}

/**
 * The header that carries the signature, in canonical case; `X-Webhook-Signature` may stand for it. Undefined where the
 * proof is in no header.
 */
export function signatureHeader({ verify }: Scheme): string | undefined {
  return verify.kind === "custom" ? verify.signatureHeader : verify.signature.headers[0];
}
