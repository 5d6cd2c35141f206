import { describedBy } from "../engine/headers";
import { sameText } from "../engine/secrets";
import type { CodedHandshake, HandshakeAnswer } from "../engine/challenge";

/*
 * The forms in which providers ask whether an endpoint is their user's. What comes before any proof is answered for
 * everybody, so it is kept short and plain: no character that a browser or a shell would read as more than text.
 */

/** Characters and length of the tokens that providers send. */
const TOKEN = /^[A-Za-z0-9._~+/=:-]{1,512}$/;
export const NOSNIFF = { "x-content-type-options": "nosniff" } as const;

/** Returns a plain-text response that no browser renders as HTML. */
export function textAnswer(body: string, status = 200): HandshakeAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...NOSNIFF }, body };
}

/** Returns a JSON response that no browser renders as HTML. */
export function jsonAnswer(body: unknown): HandshakeAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/json", ...NOSNIFF },
    body: JSON.stringify(body),
  };
}

/** Returns the value if it is short and plain enough to be echoed, else undefined. */
export function shortToken(value: unknown, pattern = TOKEN): string | undefined {
  return typeof value === "string" && pattern.test(value) ? value : undefined;
}

/** Returns a handshake whose requests are not proved: the answer contains no more than the protocol demands. */
export function unprovedChallenge(
  method: CodedHandshake["method"],
  answer: CodedHandshake["answer"],
  more: Pick<CodedHandshake, "verifyToken" | "teaches"> = {},
): CodedHandshake {
  return { method, asked: "before", ...more, answer };
}

/** Returns a handshake by POST that is verified like every webhook. */
export function provedChallenge(answer: CodedHandshake["answer"]): CodedHandshake {
  return { method: "POST", asked: "after", answer };
}

/** Answers by echoing a header: as text, or as JSON with a property that the provider defines. */
export function echoHeader(
  method: CodedHandshake["method"],
  name: string,
  answer: (value: string) => HandshakeAnswer = textAnswer,
): CodedHandshake {
  return unprovedChallenge(method, ({ request }) => {
    const value = shortToken(describedBy(request.headers, [name]));
    return value === undefined ? undefined : answer(value);
  });
}

/** Answers GET by echoing a query parameter: as text, or as JSON with a property that the provider defines. */
export function echoQuery(
  parameter: string,
  answer: (value: string) => HandshakeAnswer = textAnswer,
): CodedHandshake {
  return unprovedChallenge("GET", ({ request }) => {
    const value = shortToken(request.query?.[parameter]);
    return value === undefined ? undefined : answer(value);
  });
}

/**
 * Answers Meta's subscription request, which others took over from WebSub: echoes the challenge if the request has the
 * token that the operator chose.
 */
export function hubChallenge(answer: (value: string) => HandshakeAnswer = textAnswer): CodedHandshake {
  return unprovedChallenge(
    "GET",
    ({ request: { query }, verifyTokens = [] }) => {
      const challenge = shortToken(query?.["hub.challenge"]);
      if (query?.["hub.mode"] !== "subscribe" || challenge === undefined) return undefined;
      const given = query["hub.verify_token"] ?? "";
      if (!verifyTokens.some((token) => sameText(token, given)))
        return textAnswer("The verify token is not the configured one.", 403);
      return answer(challenge);
    },
    { verifyToken: true },
  );
}

/** Answers 200 to a provider that only checks whether the URL exists. */
export function present(method: "GET" | "HEAD"): CodedHandshake {
  return unprovedChallenge(method, () => ({ status: 200, headers: {}, body: "" }));
}

/** Returns the value of a property if it is the object's only one. */
export function onlyProperty(payload: unknown, name: string): string | undefined {
  if (typeof payload !== "object" || payload === null || Object.keys(payload).join() !== name)
    return undefined;
  return shortToken((payload as Readonly<Record<string, unknown>>)[name]);
}
