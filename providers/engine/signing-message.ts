import type { RequestHeaders } from "./request";

/** A webhook to sign. */
export interface SigningMessage {
  /** The bytes that will be sent. */
  readonly body: Buffer;
  /**
   * Key to sign with: the secret, or the private key of a public-key scheme. Several keys give several signatures in
   * one request, as while a secret is replaced, if the scheme allows that. Ignored if nothing is signed.
   */
  readonly secret: string | readonly string[];
  /** Time of signing, in milliseconds since the epoch. */
  readonly now: number;
  /** Value of the scheme's id header, if it has one. @default a random id */
  readonly id?: string;
  /** Event type for schemes that send it in a header, e.g. `orders/create` or `pull_request.opened`. */
  readonly type?: string;
  /** Public URL of the endpoint, for schemes that sign it. */
  readonly url?: string;
  /** HTTP method. @default POST */
  readonly method?: string;
  /**
   * Headers of a provider's request that is signed again, whose body is `body`. What they say about the event is signed
   * unchanged. Only headers with the proof or the time of signing are written.
   */
  readonly original?: RequestHeaders;
}
