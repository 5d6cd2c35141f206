import type { Verdict, WebhookRequest } from "./request";
import type { SigningMessage } from "./signing-message";

/**
 * Verification by custom code, for what the declarative kinds cannot express: a signature inside the body, a URL that
 * is rewritten before it is signed, a JWT, a key that has to be fetched.
 */
export interface CustomVerification {
  readonly kind: "custom";
  /** Description for people of what is proved and how, without a full stop. */
  readonly proof: string;
  /** Headers that every request must have, in canonical case. */
  readonly requiredHeaders: readonly string[];
  /** Header with the signature, if it is in a header. */
  readonly signatureHeader?: string;
  /**
   * Returns what has to be fetched before this request can be verified. Returns undefined if the request names nothing
   * that may be fetched, so that {@link CustomVerification.verify} rejects it. Runs before anything is proved, so it
   * returns only URLs that {@link allowedKeyUrl} accepts. Never throws.
   */
  keyRequest?(request: WebhookRequest, secrets: readonly string[]): KeyRequest | undefined;
  /**
   * Returns the verdict on a request. Throws only for errors that the operator must fix, whatever the request contains.
   * @throws ConfigurationError for a secret that is not written as the scheme needs it
   */
  verify(input: VerificationInput): Verdict;
  /**
   * Returns the request that the provider would send. `message.secret` is `signWith` of {@link
   * CustomVerification.newSecret}.
   */
  sign(message: SigningMessage): SignedMessage;
  /**
   * Reason why only the provider's own key can sign a request, as a whole sentence. Absent if a handler can be
   * configured with another secret or public key.
   */
  readonly onlyProviderSigns?: string;
  /** Whether {@link CustomVerification.sign} takes a private key whose public key a handler can be configured with. */
  readonly ownKeyPair?: true;
  /** Returns a secret for tests and the local stack: what to configure, and what to sign with. */
  newSecret(): NewSecret;
  /**
   * Returns the event's own id if it is not one value of the payload; without this the scheme's `event` says where the
   * id is. The id is the same for every attempt, and made only of signed values, unless the scheme's comment says why
   * not.
   */
  eventId?(request: WebhookRequest, payload: unknown): string | undefined;
  /**
   * Returns the signed content in one form, for bodies that can be written in several ways with the same signature. Its
   * hash replaces the body's in the identity of events without an id.
   */
  signedContent?(request: WebhookRequest): Buffer | string | undefined;
}

export interface VerificationInput {
  readonly request: WebhookRequest;
  /** Live secrets; none is empty. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Response to the scheme's {@link KeyRequest}; undefined if the host says that there is no such key. */
  readonly fetched?: string | undefined;
}

/** A certificate or key set to fetch. */
export interface KeyRequest {
  /** URL that {@link allowedKeyUrl} has accepted. */
  readonly url: string;
  /** JSON to POST, for a key behind an API; without it the request is a GET. Contains secrets: never log it. */
  readonly body?: string;
}

/** A request that a provider sends. */
export interface SignedMessage {
  /** Headers, with names in canonical case. */
  readonly headers: Record<string, string>;
  /** Parameters for the URL's query. @default {} */
  readonly query?: Record<string, string>;
  readonly body: Buffer;
}

export interface NewSecret {
  /** Secret to store for the ingestion function. */
  readonly secret: string;
  /** Secret that the provider signs with: the same, or the private half of a key pair. */
  readonly signWith: string;
}
