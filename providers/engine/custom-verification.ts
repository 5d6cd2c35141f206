import type { Verdict, WebhookRequest } from "./request";
import type { SigningMessage } from "./signing-message";

/**
 * Verification by code of its own, for what the declarative kinds cannot say: a signature inside the body, a URL that
 * is rewritten before it is signed, a JWT, a key that has to be fetched.
 */
export interface CustomVerification {
  readonly kind: "custom";
  /** What is proved by what, for people, without a full stop. */
  readonly proof: string;
  /** Headers without which no request can be accepted, in canonical case. */
  readonly requiredHeaders: readonly string[];
  /** The header that carries the signature, where it is in one. */
  readonly signatureHeader?: string;
  /**
   * What has to be fetched before this request can be verified; undefined if it names nothing that may be fetched,
   * which {@link CustomVerification.verify} then rejects. Runs before anything is proved: it returns only what
   * {@link allowedKeyUrl} lets pass. Never throws.
   */
  keyRequest?(request: WebhookRequest, secrets: readonly string[]): KeyRequest | undefined;
  /**
   * The verdict on a request; whatever the request holds, this never throws anything but what the operator must fix.
   * @throws ConfigurationError for a secret that is not written as the scheme needs it
   */
  verify(input: VerificationInput): Verdict;
  /** What the provider would send; `message.secret` is what {@link CustomVerification.newSecret} says to sign with. */
  sign(message: SigningMessage): SignedMessage;
  /**
   * Why a request cannot be signed with any other key than the provider's, in a whole sentence; absent if a handler can
   * be configured with another secret or public key.
   */
  readonly onlyProviderSigns?: string;
  /** Whether {@link CustomVerification.sign} takes a private key, to whose public key a handler can be configured. */
  readonly ownKeyPair?: true;
  /** A secret for tests and the local stack: what to configure, and what to sign with. */
  newSecret(): NewSecret;
  /**
   * The event's own id if it is not one value of the payload; without it the scheme's `event` says where it is. It
   * is the same for every attempt, and made of nothing that the signature leaves out, unless the scheme's comment says
   * why.
   */
  eventId?(request: WebhookRequest, payload: unknown): string | undefined;
  /**
   * What is signed, in one form, where the body can be written in several ways that have one signature. Its hash takes
   * the place of the body's in the identity of events without an id.
   */
  signedContent?(request: WebhookRequest): Buffer | string | undefined;
}

export interface VerificationInput {
  readonly request: WebhookRequest;
  /** Live secrets, none of them empty. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the scheme's {@link KeyRequest} brought; undefined if the host says that there is no such key. */
  readonly fetched?: string | undefined;
}

/** A certificate or key set to fetch. */
export interface KeyRequest {
  /** Has passed {@link allowedKeyUrl}. */
  readonly url: string;
  /** JSON to POST, for a key behind an API; a plain GET without it. Holds secrets: never logged. */
  readonly body?: string;
}

/** A request as a provider makes it. */
export interface SignedMessage {
  /** Names in canonical case. */
  readonly headers: Record<string, string>;
  /** Parameters for the URL's query. @default {} */
  readonly query?: Record<string, string>;
  readonly body: Buffer;
}

export interface NewSecret {
  /** What is stored for the ingestion function. */
  readonly secret: string;
  /** What the provider signs with: the same, or the private half of a key pair. */
  readonly signWith: string;
}
