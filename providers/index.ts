/** Signature schemes of webhook senders: verify what they send, or sign as they do. Knows nothing of AWS. */
import { compile } from "./engine/compile";
import { asksBefore } from "./engine/handshake";
import type { WebhookRequest } from "./engine/request";
import { isSigned, type Coverage, type Scheme } from "./engine/scheme";

export { withoutByteOrderMarks } from "./engine/body";
export {
  diagnose,
  DIAGNOSIS_BUDGET_MS,
  MAX_DIAGNOSED_BYTES,
  type Cause,
  type Diagnosis,
  type Evidence,
} from "./diagnosis/diagnose";
export { readElement, readElements, type ElementFacts } from "./engine/elements";
export { ConfigurationError } from "./engine/errors";
export {
  BATCH_TYPE,
  contextOf,
  describingHeaders,
  entityOf,
  eventTime,
  readEvent,
  UNKNOWN_TYPE,
  type Attempt,
  type EventFacts,
  type IdentifiedBy,
} from "./engine/event";
export { formObject, parseForm } from "./engine/form";
export {
  asksBefore,
  handshake,
  needsVerifyToken,
  openHandshake,
  questionMethods,
  teachesSecret,
} from "./engine/handshake";
export { describedBy } from "./engine/headers";
export type { HandshakeAnswer } from "./engine/question";
export { publicSecret } from "./engine/public-secrets";
export { schemes } from "./registry";
export type { Refusal, RefusalReason, RequestHeaders, Verdict, WebhookRequest } from "./engine/request";
export { isSigned, type HmacScheme, type Scheme } from "./engine/scheme";
export { sign, signMessage, type SignedMessage } from "./engine/sign";
export type { SigningMessage } from "./engine/signing-message";
export { keyRequest, verify } from "./engine/verify";
export type { CustomVerification, KeyRequest } from "./engine/custom-verification";

/**
 * Headers without which no request of this scheme can be accepted, in canonical case: for a validator at the door. None
 * where the sender also posts a question that comes without them.
 */
export function requiredHeaders(scheme: Scheme): readonly string[] {
  return asksBefore(scheme, "POST") ? [] : compile(scheme).requiredHeaders;
}

/**
 * The header that carries the signature, in canonical case; `X-Webhook-Signature` may stand for it. Undefined where the
 * proof is in no header.
 */
export function signatureHeader({ verify }: Scheme): string | undefined {
  if (isSigned(verify)) return verify.signature.headers[0];
  if (verify.kind === "custom") return verify.signatureHeader;
  if (verify.kind === "basic") return "Authorization";
  return verify.kind === "token" && verify.at.from === "header" ? verify.at.names[0] : undefined;
}

/** What a scheme proves about the body; `unsigned` where it proves nothing at all and has no secret. */
export function coverage({ verify, covers }: Scheme): "body" | Coverage | "unsigned" {
  return verify.kind === "none" ? "unsigned" : (covers ?? "body");
}

/**
 * Whether a request carries anything of this scheme's proof, right or wrong. What does not was sent by nobody whose
 * secret is only wrong. True where the proof is in the body.
 */
export function carriesProof(scheme: Scheme, { headers, query = {} }: WebhookRequest): boolean {
  const { verify } = scheme;
  if (verify.kind === "token" && verify.at.from === "query") return Object.hasOwn(query, verify.at.name);
  const names = [
    ...(isSigned(verify) ? verify.signature.headers : []),
    ...(verify.kind === "custom" ? verify.requiredHeaders : []),
    ...(verify.kind === "token" && verify.at.from === "header" ? verify.at.names : []),
    ...(verify.kind === "basic" ? ["authorization"] : []),
  ].map((name) => name.toLowerCase());
  // Some senders number theirs.
  return names.length === 0 || Object.keys(headers).some((name) => names.some((own) => name.startsWith(own)));
}
