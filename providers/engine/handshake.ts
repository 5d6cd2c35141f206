import { valueAt } from "./payload";
import type { CodedHandshake, HandshakeAnswer, Challenge } from "./challenge";
import type { WebhookRequest } from "./request";
import type { Scheme } from "./scheme";

/** A challenge that may be echoed: a short token without control characters. */
const CHALLENGE = /^[\x20-\x7e]{1,1024}$/;

/**
 * Returns the answer if a verified request is a challenge; undefined for every other request. Call it only after {@link
 * verify}: otherwise anyone could make it echo a text.
 */
export function handshake(
  scheme: Scheme,
  request: WebhookRequest,
  payload: unknown,
  secrets: readonly string[] = [],
): HandshakeAnswer | undefined {
  for (const rule of scheme.handshakes ?? []) {
    if ("answer" in rule) {
      const answer =
        rule.asked === "after" && rule.method === request.method
          ? rule.answer({ request, payload, secrets })
          : undefined;
      if (answer) return answer;
      continue;
    }
    const value = valueAt(payload, rule.echo);
    if (
      valueAt(payload, rule.when.at) !== rule.when.equals ||
      typeof value !== "string" ||
      !CHALLENGE.test(value)
    )
      continue;
    return {
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
      body: value,
    };
  }
  return undefined;
}

/** Returns the answer to a challenge that is not proved; undefined if the request is not a challenge. */
export function answerChallenge(scheme: Scheme, challenge: Challenge): HandshakeAnswer | undefined {
  for (const rule of coded(scheme)) {
    if (rule.asked !== "before" || rule.method !== challenge.request.method) continue;
    const answer = rule.answer(challenge);
    if (answer) return answer;
  }
  return undefined;
}

/** Returns whether a provider of this scheme sends unproved challenges by this method. */
export function acceptsChallenge(scheme: Scheme, method: string): boolean {
  return coded(scheme).some((rule) => rule.asked === "before" && rule.method === method);
}

/** Returns the methods other than POST by which a provider of this scheme sends challenges. */
export function handshakeMethods(scheme: Scheme): readonly ("GET" | "HEAD")[] {
  const methods = coded(scheme).map(({ method }) => method);
  return (["GET", "HEAD"] as const).filter((method) => methods.includes(method));
}

/** Returns whether the operator has to choose a token for the handshake. */
export function needsVerifyToken(scheme: Scheme): boolean {
  return coded(scheme).some(({ verifyToken }) => verifyToken === true);
}

/** Returns whether the provider sends its secret in a handshake. */
export function providesSecret(scheme: Scheme): boolean {
  return coded(scheme).some(({ teaches }) => teaches === true);
}

function coded({ handshakes = [] }: Scheme): readonly CodedHandshake[] {
  return handshakes.filter((rule) => "answer" in rule);
}
