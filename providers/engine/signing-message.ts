import type { RequestHeaders } from "./request";

/** A webhook to sign. */
export interface SigningMessage {
  /** The bytes that will be sent. */
  readonly body: Buffer;
  /**
   * What the provider signs with: the secret, or for a public-key scheme the private key. Several sign side by side, as a
   * provider does while a secret is replaced, where the scheme has room. Not needed if nothing is signed.
   */
  readonly secret: string | readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Value of the scheme's id header, if it has one; a random one by default. */
  readonly id?: string;
  /** Event type for schemes that send it in a header, e.g. `orders/create` or `pull_request.opened`. */
  readonly type?: string;
  /** Public URL of the endpoint, for schemes that sign it. */
  readonly url?: string;
  /** `POST` by default. */
  readonly method?: string;
  /**
   * The headers of a request that the provider has made, which is signed again: `body` is its body, and what the headers
   * say of the event is signed as it is. Only headers that prove something, or when it was signed, are written.
   */
  readonly original?: RequestHeaders;
}
