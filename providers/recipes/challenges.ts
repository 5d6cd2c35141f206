import { createHmac } from "node:crypto";
import { braintreeSignature } from "../senders/braintree";
import { sameText } from "../engine/secrets";
import { confirmationUrl } from "../senders/aws-sns";
import { valueAt } from "../engine/payload";
import type { CodedHandshake, HandshakeAnswer } from "../engine/question";
import { describedBy } from "../engine/headers";
import { path } from "../engine/references";

/*
 * The forms in which senders ask whether an endpoint is their user's. What comes before any proof is answered for
 * everybody, so it is kept short and plain: no character that a browser or a shell would read as more than text.
 */

/** Tokens as senders make them. */
const TOKEN = /^[A-Za-z0-9._~+/=:-]{1,512}$/;
/** Microsoft writes a sentence with a request id. */
const SENTENCE = /^[A-Za-z0-9._~+/=:, -]{1,512}$/;

const NOSNIFF = { "x-content-type-options": "nosniff" } as const;

function text(body: string, status = 200): HandshakeAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...NOSNIFF }, body };
}

function json(body: unknown): HandshakeAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/json", ...NOSNIFF },
    body: JSON.stringify(body),
  };
}

function plain(value: unknown, pattern = TOKEN): string | undefined {
  return typeof value === "string" && pattern.test(value) ? value : undefined;
}

/** GET with a parameter that is sent back: as text, or as JSON under a name of its own. */
export function echoQuery(
  parameter: string,
  answer: (value: string) => HandshakeAnswer = text,
): CodedHandshake {
  return {
    method: "GET",
    asked: "before",
    answer({ request }) {
      const value = plain(request.query?.[parameter]);
      return value === undefined ? undefined : answer(value);
    },
  };
}

/**
 * Meta's subscription, and what others took over from WebSub: a challenge is sent back where the token beside it is
 * the one that the operator chose.
 */
export function hubChallenge(answer: (value: string) => HandshakeAnswer = text): CodedHandshake {
  return {
    method: "GET",
    asked: "before",
    verifyToken: true,
    answer({ request: { query }, verifyTokens = [] }) {
      const challenge = plain(query?.["hub.challenge"]);
      if (query?.["hub.mode"] !== "subscribe" || challenge === undefined) return undefined;
      const given = query["hub.verify_token"] ?? "";
      if (!verifyTokens.some((token) => sameText(token, given)))
        return text("The verify token is not the configured one.", 403);
      return answer(challenge);
    },
  };
}

/** Strava's answer to {@link hubChallenge} is JSON. */
export const hubChallengeAsJson = hubChallenge((value) => json({ "hub.challenge": value }));

/**
 * X asks about every hour for the HMAC of a token of its own. The same key signs bodies, so a token that would pass
 * for a body is not signed.
 */
export const crcToken: CodedHandshake = {
  method: "GET",
  asked: "before",
  answer({ request, secrets: [secret] }) {
    const token = plain(request.query?.["crc_token"]);
    if (token === undefined || secret === undefined || isJson(token)) return undefined;
    const digest = createHmac("sha256", secret).update(token).digest("base64");
    return json({ response_token: `sha256=${digest}` });
  },
};

function isJson(token: string): boolean {
  try {
    JSON.parse(token);
    return true;
  } catch {
    return false;
  }
}

/** Braintree's challenge; that it cannot pass for a notification is seen to where those are read. */
export const braintreeChallenge: CodedHandshake = {
  method: "GET",
  asked: "before",
  answer({ request, secrets: [secret] }) {
    const challenge = plain(request.query?.["bt_challenge"], /^[a-f0-9]{20,32}$/);
    if (challenge === undefined || secret === undefined) return undefined;
    return text(braintreeSignature(secret, challenge));
  },
};

/** A header's value sent back under a JSON name (Okta). */
export function echoHeaderAsJson(header: string, name: string): CodedHandshake {
  return {
    method: "GET",
    asked: "before",
    answer({ request }) {
      const value = plain(describedBy(request.headers, [header]));
      return value === undefined ? undefined : json({ [name]: value });
    },
  };
}

/** A header's value sent back as text (Front). */
export function echoHeader(header: string): CodedHandshake {
  return {
    method: "POST",
    asked: "before",
    answer({ request }) {
      const value = plain(describedBy(request.headers, [header]));
      return value === undefined ? undefined : text(value);
    },
  };
}

/** The mere question whether somebody is there. */
export function present(method: "GET" | "HEAD"): CodedHandshake {
  return { method, asked: "before", answer: () => ({ status: 200, headers: {}, body: "" }) };
}

/** Microsoft's POST with a token in the query, sent back decoded. */
export const validationToken: CodedHandshake = {
  method: "POST",
  asked: "before",
  answer({ request }) {
    const value = plain(request.query?.["validationToken"], SENTENCE);
    return value === undefined ? undefined : text(value);
  },
};

/** monday.com's POST of a challenge and nothing else, sent back as the same JSON. */
export const mondayChallenge: CodedHandshake = {
  method: "POST",
  asked: "before",
  answer({ payload }) {
    const challenge = onlyProperty(payload, "challenge");
    return challenge === undefined ? undefined : json({ challenge });
  },
};

/** The value of an object that has this property alone. */
function onlyProperty(payload: unknown, name: string): string | undefined {
  if (typeof payload !== "object" || payload === null || Object.keys(payload).join() !== name)
    return undefined;
  return plain((payload as Readonly<Record<string, unknown>>)[name]);
}

/** WooCommerce's form `webhook_id=<n>`, which must get exactly 200. */
export const webhookIdPing: CodedHandshake = {
  method: "POST",
  asked: "before",
  answer({ payload }) {
    const id = onlyProperty(payload, "webhook_id");
    return id !== undefined && /^\d{1,20}$/.test(id) ? text("") : undefined;
  },
};

/** Vercel's unsigned test of a drain; the answer's header holds the token that Vercel shows when one adds the drain. */
export const drainVerification: CodedHandshake = {
  method: "POST",
  asked: "before",
  verifyToken: true,
  answer({ request, verifyTokens: [token] = [] }) {
    if (token === undefined || describedBy(request.headers, ["x-vercel-signature"]) !== undefined)
      return undefined;
    return { ...text(""), headers: { "x-vercel-verify": token, ...NOSNIFF } };
  },
};

/** Asana's first request: a secret in a header that the answer repeats. */
export const hookSecret: CodedHandshake = {
  method: "POST",
  asked: "before",
  teaches: true,
  answer({ request }) {
    const signed = describedBy(request.headers, ["x-hook-signature"]) !== undefined;
    const secret = plain(describedBy(request.headers, ["x-hook-secret"]), /^[A-Za-z0-9._~+/=-]{16,256}$/);
    if (signed || secret === undefined) return undefined;
    return { status: 200, headers: { "x-hook-secret": secret, ...NOSNIFF }, body: "", learn: secret };
  },
};

/** Notion's first request: a token that becomes the secret, and that one pastes into Notion's form. */
export const verificationToken: CodedHandshake = {
  method: "POST",
  asked: "before",
  teaches: true,
  answer({ request, payload }) {
    const signed = describedBy(request.headers, ["x-notion-signature"]) !== undefined;
    const secret = onlyProperty(payload, "verification_token");
    if (signed || secret === undefined || secret.length < 16) return undefined;
    return { ...text(""), learn: secret };
  },
};

/** Zoom's signed question; it is answered with the HMAC of its token. */
export const urlValidation: CodedHandshake = {
  method: "POST",
  asked: "after",
  answer({ payload, secrets: [secret] }) {
    const plainToken = plain(valueAt(payload, path("payload.plainToken")));
    if (valueAt(payload, path("event")) !== "endpoint.url_validation") return undefined;
    if (plainToken === undefined || secret === undefined) return undefined;
    return json({
      plainToken,
      encryptedToken: createHmac("sha256", secret).update(plainToken).digest("hex"),
    });
  },
};

/** Twitch's signed question. */
export const eventSubChallenge: CodedHandshake = {
  method: "POST",
  asked: "after",
  answer({ request, payload }) {
    const type = describedBy(request.headers, ["twitch-eventsub-message-type"]);
    const challenge = plain(valueAt(payload, path("challenge")));
    return type === "webhook_callback_verification" && challenge !== undefined ? text(challenge) : undefined;
  },
};

/** Discord's PING, which it also sends with wrong signatures and then wants 401. */
export const discordPing: CodedHandshake = {
  method: "POST",
  asked: "after",
  answer({ payload }) {
    const type = valueAt(payload, path("type"));
    // Interactions ask with type 1, which is also that of every webhook event; those ask with type 0.
    const isEvent = valueAt(payload, path("event")) !== undefined;
    if (type === 1 && !isEvent) return json({ type: 1 });
    return type === 0
      ? { status: 204, headers: { "content-type": "application/json" }, body: "" }
      : undefined;
  },
};

/** SNS wants its subscription confirmed by a call of an address that it names in a signed message. */
export const confirmSubscription: CodedHandshake = {
  method: "POST",
  asked: "after",
  answer({ payload }) {
    const visit = confirmationUrl(payload);
    return visit === undefined ? undefined : { ...text(""), visit };
  },
};
