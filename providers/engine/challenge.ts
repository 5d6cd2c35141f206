import type { WebhookRequest } from "./request";

/** The answer to a handshake. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** A secret that the provider sends here for the first time: the answer is given only once it is stored. */
  readonly learn?: string;
  /** An address to call before the answer; it has passed the scheme's own list. */
  readonly visit?: string;
}

/** A handshake that is answered by code. */
export interface CodedHandshake {
  readonly method: "GET" | "HEAD" | "POST";
  /**
   * `after`: it is verified like every webhook. `before`: nothing proves who asks, because the provider does not sign it
   * or there is no secret yet; so the answer holds no more than the protocol demands.
   */
  readonly asked: "before" | "after";
  /** Whether the answer depends on a token that the operator chose, beside the secret. */
  readonly verifyToken?: true;
  /** Whether it brings a secret, see {@link HandshakeAnswer.learn}. */
  readonly teaches?: true;
  /** Undefined if the request is no such challenge. Never throws. */
  answer(challenge: Challenge): HandshakeAnswer | undefined;
}

export interface Challenge {
  readonly request: WebhookRequest;
  /** The body as JSON or as a form's object; undefined if it is neither. */
  readonly payload: unknown;
  /** Live secrets; none if there is no secret yet. */
  readonly secrets: readonly string[];
  /** Tokens that the operator chose for {@link CodedHandshake.verifyToken}. */
  readonly verifyTokens?: readonly string[];
}
