/** Header values by lower-cased name; a name that came twice has two values. */
export type RequestHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** A request as a scheme sees it. */
export interface WebhookRequest {
  readonly method: string;
  /** Public URL of the endpoint as configured at the provider; only schemes that sign it need it. */
  readonly url?: string;
  readonly headers: RequestHeaders;
  /** Parameters of the URL's query that came once, decoded. */
  readonly query?: Readonly<Record<string, string>>;
  /** All of them, decoded, those of one name in their order; if it is absent, `query` holds all. */
  readonly parameters?: readonly (readonly [name: string, value: string])[];
  /** The bytes as received. */
  readonly body: Buffer;
}

/** Why a request was not accepted. */
export type RejectionReason =
  /** A header, or a parameter of the query, that the proof needs is not there. */
  | "header_missing"
  /** It is there but empty, sent twice, too long, or not written as the scheme says. */
  | "header_malformed"
  /** The body does not hold what the signature needs: it is not JSON, or a value is not there. */
  | "body_malformed"
  /** It is well formed, but too old or too far ahead of our clock. */
  | "timestamp_outside_window"
  /** None of the secrets signed these bytes. */
  | "signature_mismatch";

/** `detail` helps an operator; it holds no secret, no signature and nothing of the body. */
export interface Rejection {
  readonly ok: false;
  readonly reason: RejectionReason;
  readonly detail: string;
  /**
   * Of `timestamp_outside_window`: a moment, in milliseconds since the epoch, at which the clock would have been no
   * reason to reject it; absent if there is none.
   */
  readonly timestamp?: number;
  /**
   * Index of the secret whose signature is right, if nothing else is wrong than a signed time that the body does not hold
   * or that cannot be read: the body is genuine, and only how old it is is unknown.
   */
  readonly signedBy?: number;
}

export type Verdict =
  | {
      readonly ok: true;
      /** Which of the secrets matched; -1 if nothing is signed and there is none. */
      readonly secretIndex: number;
      /** When the provider signed, in milliseconds since the epoch, where the scheme says so. */
      readonly timestamp?: number;
    }
  | Rejection;

export function reject(reason: RejectionReason, detail: string, timestamp?: number): Rejection {
  return { ok: false, reason, detail, ...(timestamp !== undefined && { timestamp }) };
}

export function isRejection(value: object): value is Rejection {
  return "ok" in value && value.ok === false;
}
