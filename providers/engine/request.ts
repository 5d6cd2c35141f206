/** Header values by lower-cased name; a repeated header has several values. */
export type RequestHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** A request with everything that a scheme can read. */
export interface WebhookRequest {
  readonly method: string;
  /** Public URL of the endpoint as configured at the provider; only schemes that sign it need it. */
  readonly url?: string;
  readonly headers: RequestHeaders;
  /** Parameters of the URL's query that are not repeated, decoded. */
  readonly query?: Readonly<Record<string, string>>;
  /** All parameters, decoded, with those of one name in their order. @default those in `query` */
  readonly parameters?: readonly (readonly [name: string, value: string])[];
  /** The bytes as received. */
  readonly body: Buffer;
}

/** Why a request was not accepted. */
export type RejectionReason =
  /** The proof needs a header or a query parameter that is absent. */
  | "header_missing"
  /** A header or parameter is empty, repeated, too long, or not written as the scheme says. */
  | "header_malformed"
  /** The body lacks what the signature needs: it is not JSON, or a value is absent. */
  | "body_malformed"
  /** The time of signing is well formed, but too old or too far ahead of our clock. */
  | "timestamp_outside_window"
  /** None of the secrets signed these bytes. */
  | "signature_mismatch";

/**
 * A verdict against a request. `detail` is for the operator: it contains no secret, no signature and nothing of the
 * body.
 */
export interface Rejection {
  readonly ok: false;
  readonly reason: RejectionReason;
  readonly detail: string;
  /**
   * Time in milliseconds since the epoch at which the clock would have been no reason to reject the request. Only for
   * `timestamp_outside_window`; absent if there is none.
   */
  readonly timestamp?: number;
  /**
   * Index of the secret whose signature is right, if the only error is a signed time that is absent from the body or
   * cannot be read: the body is genuine, but its age is unknown.
   */
  readonly signedBy?: number;
}

export type Verdict =
  | {
      readonly ok: true;
      /** Index of the secret that matched; -1 if nothing is signed and there is no secret. */
      readonly secretIndex: number;
      /** Time of signing in milliseconds since the epoch, if the scheme has one. */
      readonly timestamp?: number;
    }
  | Rejection;

export function reject(reason: RejectionReason, detail: string, timestamp?: number): Rejection {
  return { ok: false, reason, detail, ...(timestamp !== undefined && { timestamp }) };
}

export function isRejection(value: object): value is Rejection {
  return "ok" in value && value.ok === false;
}
