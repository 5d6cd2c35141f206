/** Signature schemes of webhook providers: verify what they send, or sign as they do. Independent of AWS. */
export { withQuery } from "./engine/address";
export { withoutByteOrderMarks } from "./engine/body";
export {
  diagnose,
  DIAGNOSIS_BUDGET_MS,
  MAX_DIAGNOSED_BYTES,
  type Cause,
  type Diagnosis,
  type Evidence,
} from "./diagnosis/diagnose";
export { readElement, readElements, wholeOf, type ElementFacts } from "./engine/elements";
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
  acceptsChallenge,
  handshake,
  needsVerifyToken,
  answerChallenge,
  handshakeMethods,
  providesSecret,
} from "./engine/handshake";
export { describedBy } from "./engine/headers";
export { blankFields } from "./engine/json-edit";
export type { HandshakeAnswer } from "./engine/challenge";
export { publicSecret } from "./engine/public-secrets";
export { carriesProof, coverage, proofHeaders, requiredHeaders, signatureHeader } from "./engine/proof";
export { schemeName, schemeOf, type ConfiguredScheme } from "./configured";
export type { OwnScheme } from "./own/own-scheme";
export { schemes } from "./registry";
export type { Rejection, RejectionReason, RequestHeaders, Verdict, WebhookRequest } from "./engine/request";
export { isSigned, type HmacScheme, type Scheme } from "./engine/scheme";
export { sign, signMessage, type SignedMessage } from "./engine/sign";
export type { SigningMessage } from "./engine/signing-message";
export { keyRequest, verify } from "./engine/verify";
export type { CustomVerification, KeyRequest } from "./engine/custom-verification";
