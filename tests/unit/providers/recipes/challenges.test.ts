import { createHmac } from "node:crypto";
import {
  handshake,
  answerChallenge,
  handshakeMethods,
  requiredHeaders,
  schemes,
  providesSecret,
} from "../../../../providers";
import { schemeOf } from "../../../support/providers/requests";

interface Asked {
  readonly method?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly payload?: unknown;
  readonly secret?: string;
  readonly token?: string;
}

const requestOf = ({ method = "GET", query, headers = {} }: Asked) => ({
  method,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  body: Buffer.alloc(0),
  ...(query && { query }),
});
const ask = (id: string, asked: Asked) =>
  answerChallenge(schemeOf(id), {
    request: requestOf(asked),
    payload: asked.payload,
    secrets: asked.secret === undefined ? [] : [asked.secret],
    verifyTokens: asked.token === undefined ? [] : [asked.token],
  });

it("only these have routes beside POST", () => {
  const methods = Object.values(schemes).flatMap((of) =>
    handshakeMethods(of).map((method) => `${method} ${of.id}`),
  );
  expect(methods.sort()).toEqual(
    ["braintree", "dropbox", "mailchimp", "meta", "nylas", "okta", "strava", "twitter", "whatsapp"]
      .map((id) => `GET ${id}`)
      .concat(["intercom", "mandrill", "trello"].map((id) => `HEAD ${id}`)),
  );
});

it("where a challenge is posted without a signature, the endpoint cannot require one", () => {
  for (const id of [
    "asana",
    "notion",
    "monday",
    "microsoft-graph",
    "front",
    "woocommerce",
    "vercel-log-drains",
  ]) {
    expect(requiredHeaders(schemeOf(id))).toEqual([]);
  }
  expect(
    Object.values(schemes)
      .filter(providesSecret)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["asana", "notion"]);
});

describe("Braintree's challenge", () => {
  const secret = "integration_public_key:integration_private_key";

  // From the webhook tests of Braintree's own libraries.
  it("is answered as its own libraries answer it", () => {
    expect(
      ask("braintree", { query: { bt_challenge: "20f9f8ed05f77439fe955c977e4c8a53" }, secret }),
    ).toMatchObject({
      status: 200,
      body: "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4",
    });
  });

  it.each([
    "",
    "20f9f8ed05f77439fe9",
    "20F9F8ED05F77439FE955C977E4C8A53",
    "g".repeat(32),
    "a".repeat(33),
    "PG5vdGlmaWNhdGlvbi8+",
  ])("%j is none", (bt_challenge) => {
    expect(ask("braintree", { query: { bt_challenge }, secret })).toBeUndefined();
  });
});

describe("X's challenge", () => {
  it("is answered with the HMAC of the token", () => {
    const digest = createHmac("sha256", "s").update("MTUwN2Vk").digest("base64");
    expect(ask("twitter", { query: { crc_token: "MTUwN2Vk" }, secret: "s" })?.body).toBe(
      `{"response_token":"sha256=${digest}"}`,
    );
  });

  it.each(['{"for_user_id":"1"}', "[]", "123", "true", "null", '"a"', ""])(
    "%j is not signed: it would pass for a body",
    (crc_token) => {
      expect(ask("twitter", { query: { crc_token }, secret: "s" })).toBeUndefined();
    },
  );
});

describe("what is sent back to everybody", () => {
  const echoes: [string, (value: string) => Asked][] = [
    ["dropbox", (challenge) => ({ query: { challenge } })],
    ["nylas", (challenge) => ({ query: { challenge } })],
    ["okta", (value) => ({ headers: { "x-okta-verification-challenge": value } })],
    ["front", (value) => ({ method: "POST", headers: { "x-front-challenge": value } })],
    ["microsoft-graph", (validationToken) => ({ method: "POST", query: { validationToken } })],
    ["monday", (challenge) => ({ method: "POST", payload: { challenge } })],
    [
      "meta",
      (challenge) => ({
        query: { "hub.mode": "subscribe", "hub.verify_token": "t", "hub.challenge": challenge },
        token: "t",
      }),
    ],
  ];

  it.each(echoes)("%s: a short plain token, as text or JSON that no browser guesses at", (id, asked) => {
    const answer = ask(id, asked("abcDEF123_-"));
    expect(answer?.status).toBe(200);
    expect(answer?.body).toContain("abcDEF123_-");
    expect(answer?.headers["content-type"]).toMatch(/^(text\/plain; charset=utf-8|application\/json)$/);
    expect(answer?.headers["x-content-type-options"]).toBe("nosniff");
  });

  it.each(echoes)("%s: nothing else", (id, asked) => {
    for (const value of [
      "",
      "<script>alert(1)</script>",
      "a\r\nset-cookie: b",
      "é",
      "\u0000",
      "a".repeat(513),
      '"',
      "a&b",
    ]) {
      expect(ask(id, asked(value))).toBeUndefined();
    }
  });

  it("another method, another place or another shape is no challenge", () => {
    expect(ask("dropbox", { method: "POST", query: { challenge: "a" } })).toBeUndefined();
    expect(ask("dropbox", { query: { other: "a" } })).toBeUndefined();
    expect(ask("monday", { method: "POST", payload: { challenge: "a", event: {} } })).toBeUndefined();
    expect(ask("monday", { method: "POST", payload: { challenge: 7 } })).toBeUndefined();
    expect(ask("monday", { method: "POST", payload: null })).toBeUndefined();
  });

  it("a provider that asks no such thing answers none of it", () => {
    const everything = {
      query: { challenge: "a", crc_token: "a", validationToken: "a", bt_challenge: "a".repeat(32) },
      payload: { challenge: "a" },
      secret: "s",
    };
    for (const id of ["stripe", "github", "hmac-sha256", "slack", "zoom"]) {
      for (const method of ["GET", "HEAD", "POST"])
        expect(ask(id, { ...everything, method })).toBeUndefined();
    }
  });
});

describe("Meta's subscription", () => {
  const query = { "hub.mode": "subscribe", "hub.verify_token": "right", "hub.challenge": "1158201444" };

  it("is answered only with the operator's token", () => {
    expect(ask("meta", { query, token: "right" })).toMatchObject({ status: 200, body: "1158201444" });
    expect(ask("whatsapp", { query, token: "wrong" })).toMatchObject({ status: 403 });
    expect(ask("meta", { query: { ...query, "hub.verify_token": "" }, token: "right" })).toMatchObject({
      status: 403,
    });
    expect(ask("meta", { query })).toMatchObject({ status: 403 });
    expect(ask("meta", { query: { ...query, "hub.mode": "unsubscribe" }, token: "right" })).toBeUndefined();
  });

  it("is JSON for Strava", () => {
    expect(ask("strava", { query, token: "right" })?.body).toBe('{"hub.challenge":"1158201444"}');
  });
});

it("Vercel's unsigned test gets the token in a header, its signed logs do not", () => {
  expect(ask("vercel-log-drains", { method: "POST", token: "v" })).toMatchObject({
    status: 200,
    headers: { "x-vercel-verify": "v" },
  });
  expect(
    ask("vercel-log-drains", { method: "POST", token: "v", headers: { "x-vercel-signature": "x" } }),
  ).toBeUndefined();
  expect(ask("vercel-log-drains", { method: "POST" })).toBeUndefined();
});

describe("a secret that the provider sends", () => {
  const secret = "b537207f20cbfa02357cf448134da559";

  it("Asana's is repeated in the answer's header", () => {
    expect(ask("asana", { method: "POST", headers: { "x-hook-secret": secret } })).toEqual({
      status: 200,
      headers: { "x-hook-secret": secret, "x-content-type-options": "nosniff" },
      body: "",
      learn: secret,
    });
  });

  it("Notion's is in the body and in no answer", () => {
    const answer = ask("notion", { method: "POST", payload: { verification_token: `secret_${secret}` } });
    expect(answer).toMatchObject({ status: 200, body: "", learn: `secret_${secret}` });
  });

  it("is none where the request is signed, too short, or of other characters", () => {
    const signed = { "x-hook-secret": secret, "x-hook-signature": "0" };
    expect(ask("asana", { method: "POST", headers: signed })).toBeUndefined();
    for (const bad of ["short", "a b".repeat(20), "x".repeat(300), `${secret}\r\n`, "learn"]) {
      expect(ask("asana", { method: "POST", headers: { "x-hook-secret": bad } })?.learn ?? "").not.toBe(bad);
      expect(
        ask("notion", { method: "POST", payload: { verification_token: bad.slice(0, 15) } }),
      ).toBeUndefined();
    }
    expect(
      ask("notion", { method: "POST", payload: { verification_token: secret, type: "page.created" } }),
    ).toBeUndefined();
  });
});

describe("a signed challenge", () => {
  const POST = requestOf({ method: "POST" });

  it("Azure Event Grid's validation of a subscription is answered with its code, and no other event is", () => {
    const eventType = "Microsoft.EventGrid.SubscriptionValidationEvent";
    const event = { id: "1", eventType, data: { validationCode: "512d38b6-c7b8" } };
    const answer = handshake(schemeOf("azure-event-grid"), POST, [event], ["s"]);
    expect(JSON.parse(answer?.body ?? "")).toEqual({ validationResponse: "512d38b6-c7b8" });
    const other = { ...event, eventType: "Microsoft.Storage.BlobCreated" };
    expect(handshake(schemeOf("azure-event-grid"), POST, [other], ["s"])).toBeUndefined();
  });

  it("Zoom's is answered with the HMAC of its token", () => {
    const payload = { event: "endpoint.url_validation", payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" } };
    const encryptedToken = createHmac("sha256", "s").update("qgg8vlvZRS6UYooatFL8Aw").digest("hex");
    expect(JSON.parse(handshake(schemeOf("zoom"), POST, payload, ["s"])?.body ?? "")).toEqual({
      plainToken: "qgg8vlvZRS6UYooatFL8Aw",
      encryptedToken,
    });
    expect(
      handshake(schemeOf("zoom"), POST, { ...payload, event: "meeting.started" }, ["s"]),
    ).toBeUndefined();
    expect(
      handshake(schemeOf("zoom"), POST, { event: payload.event, payload: { plainToken: { a: 1 } } }, ["s"]),
    ).toBeUndefined();
  });

  it("Twitch's is answered with the bare challenge", () => {
    const request = requestOf({
      method: "POST",
      headers: { "twitch-eventsub-message-type": "webhook_callback_verification" },
    });
    expect(handshake(schemeOf("twitch"), request, { challenge: "pogchamp" })).toMatchObject({
      body: "pogchamp",
    });
    expect(handshake(schemeOf("twitch"), POST, { challenge: "pogchamp" })).toBeUndefined();
  });

  it("Discord's PING gets an empty 204, an interaction's gets its own type", () => {
    expect(handshake(schemeOf("discord"), POST, { type: 0, application_id: "1" })).toMatchObject({
      status: 204,
      body: "",
    });
    expect(handshake(schemeOf("discord"), POST, { type: 1, application_id: "1" })?.body).toBe('{"type":1}');
    const event = { version: 1, application_id: "1", type: 1, event: { type: "APPLICATION_AUTHORIZED" } };
    expect(handshake(schemeOf("discord"), POST, event)).toBeUndefined();
  });
});
