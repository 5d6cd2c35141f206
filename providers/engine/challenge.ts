import type { WebhookRequest } from "./request";

/** The answer to a handshake. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  /**
   * Secret that the provider sends in this handshake for the first time. It must be stored before the answer is given.
   */
  readonly learn?: string;
  /** URL to call before the answer; the scheme has checked it against its list of allowed hosts. */
  readonly visit?: string;
}

/** A handshake that is answered by code. */
export interface CodedHandshake {
  readonly method: "GET" | "HEAD" | "POST";
  /**
   * When the handshake is answered. `after`: once its signature is verified, as for every webhook. `before`: without
   * proof of who asks, because the provider does not sign it or there is no secret yet; the answer then contains no
   * more than the protocol demands.
   */
  readonly asked: "before" | "after";
  /** Whether the answer depends on a token that the operator chose, in addition to the secret. */
  readonly verifyToken?: true;
  /** Whether the handshake brings a secret, see {@link HandshakeAnswer.learn}. */
  readonly teaches?: true;
  /** Returns the answer, or undefined if the request is not this challenge. Never throws. */
  answer(challenge: Challenge): HandshakeAnswer | undefined;
}

export interface Challenge {
  readonly request: WebhookRequest;
  /** Body, parsed as JSON or as a form; undefined if it is neither. */
  readonly payload: unknown;
  /** Live secrets; none if there is no secret yet. */
  readonly secrets: readonly string[];
  /** Tokens that the operator chose for {@link CodedHandshake.verifyToken}. */
  readonly verifyTokens?: readonly string[];
}
