import { createHmac } from "node:crypto";
import {
  ConfigurationError,
  requiredHeaders,
  schemes,
  sign,
  signatureHeader,
  verify,
  type HmacScheme,
} from "../../../../providers";
import { body, field, header, method, path, url } from "../../../../providers/engine/references";
import {
  typicalSchemes,
  NOW,
  PAYLOAD,
  request,
  scheme,
  SECRET,
  signed,
  withHeader,
} from "../../../support/providers/requests";

it("the schemes are registered under their own ids, and nothing else is one", () => {
  expect(Object.entries(schemes).map(([id, of]) => [id, of.id])).toEqual(
    Object.keys(schemes).map((id) => [id, id]),
  );
  expect(schemes["constructor"]).toBeUndefined();
  expect(schemes["__proto__"]).toBeUndefined();
});

it.each([
  ["stripe", ["Stripe-Signature"]],
  ["github", ["X-Hub-Signature-256"]],
  ["shopify", ["X-Shopify-Hmac-SHA256"]],
  ["slack", ["X-Slack-Signature", "X-Slack-Request-Timestamp"]],
  ["standard-webhooks", ["webhook-signature", "webhook-id", "webhook-timestamp"]],
  // Either of two names will do, which a validator of single headers cannot express.
  ["svix", []],
  ["hmac-sha256", ["X-Signature-256"]],
])("%s requires the headers %j", (id, expected) => {
  expect(requiredHeaders(scheme(id))).toEqual(expected);
});

it.each(typicalSchemes)(
  "%s: a request with only the required headers and the signature is accepted",
  (_id, of) => {
    const headers = sign(of, { body: PAYLOAD, secret: SECRET, now: NOW });
    const needed = requiredHeaders(of);
    const kept = Object.entries(headers).filter(([name]) => needed.length === 0 || needed.includes(name));
    expect(verify(of, request(Object.fromEntries(kept)), [SECRET], NOW).ok).toBe(true);
    expect(Object.keys(headers)).toContain(signatureHeader(of));
  },
);

it.each([
  ["github", { "X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "d1" }],
  ["shopify", { "X-Shopify-Topic": "pull_request.opened", "X-Shopify-Webhook-Id": "d1" }],
  ["standard-webhooks", { "webhook-id": "d1" }],
  ["svix", { "svix-id": "d1" }],
  ["hmac-sha256", { "X-Webhook-Type": "pull_request.opened", "X-Webhook-Id": "d1" }],
])("%s: signing writes id and type into the provider's own headers", (id, expected) => {
  const message = { body: PAYLOAD, secret: SECRET, now: NOW, id: "d1", type: "pull_request.opened" };
  expect(sign(scheme(id), message)).toMatchObject(expected);
});

it("each signing without an id makes a new one", () => {
  const ids = Array.from(
    { length: 10 },
    () => sign(scheme("svix"), { body: PAYLOAD, secret: SECRET, now: NOW })["svix-id"],
  );
  expect(new Set(ids).size).toBe(10);
});

/* What the shape can carry beyond the schemes that are registered so far. */

const base: HmacScheme = {
  id: "test",
  name: "Test",
  confidence: "secondary",
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: { headers: ["X-Sig"], value: { form: "whole" }, encoding: "hex" },
    content: [body],
  },
  event: { id: [], type: [], time: [], otherwise: { by: "body", because: "It is a test." } },
};

function variant(
  verification: Partial<HmacScheme["verify"]>,
  event: Partial<HmacScheme["event"]> = {},
): HmacScheme {
  return { ...base, verify: { ...base.verify, ...verification }, event: { ...base.event, ...event } };
}

const at = header("X-Time");

describe("the shape holds", () => {
  const URL_ = "https://in.example/webhook/é?a=1";

  it("a method, a URL and headers in the signed content, the time in ISO 8601, base64 of SHA-1", () => {
    const of = variant({
      hash: "sha1",
      signature: { headers: ["X-Sig"], value: { form: "whole", prefix: "sha1=" }, encoding: "base64" },
      timestamp: { at, unit: "iso", window: 60 },
      content: [method, "\n", url, "\n", body, at],
    });
    const headers = sign(of, { body: PAYLOAD, secret: "k", now: NOW, url: URL_ });
    const text = `POST\n${URL_}\n${PAYLOAD.toString()}2026-03-01T12:00:00.250Z`;
    expect(headers).toEqual({
      "X-Time": "2026-03-01T12:00:00.250Z",
      "X-Sig": `sha1=${createHmac("sha1", "k").update(text).digest("base64")}`,
    });
    const incoming = { ...request(headers), url: URL_ };
    expect(verify(of, incoming, ["k"], NOW)).toEqual({ ok: true, secretIndex: 0, timestamp: NOW });
    expect(verify(of, { ...incoming, url: `${URL_}2` }, ["k"], NOW).ok).toBe(false);
    expect(verify(of, { ...incoming, method: "PUT" }, ["k"], NOW).ok).toBe(false);
    expect(verify(of, withHeader(incoming, "X-Time", "2026-03-01"), ["k"], NOW)).toMatchObject({
      reason: "header_malformed",
    });
    expect(verify(of, incoming, ["k"], NOW + 60_001)).toMatchObject({ reason: "timestamp_outside_window" });
  });

  it("milliseconds, another separator, another name for the signature, SHA-512", () => {
    const of = variant({
      hash: "sha512",
      signature: {
        headers: ["X-Sig"],
        value: { form: "list", separator: ";", pair: "=", signature: "h1" },
        encoding: "base64",
      },
      timestamp: { at: field("ts"), unit: "ms", window: 5 },
      content: [field("ts"), ":", body],
    });
    const incoming = signed(of, { secret: ["k", "l"] });
    expect(incoming.headers["x-sig"]?.[0]).toMatch(/^ts=1772366400250;h1=.{88};h1=.{88}$/);
    expect(verify(of, incoming, ["l"], NOW - 5000)).toEqual({ ok: true, secretIndex: 0, timestamp: NOW });
    expect(verify(of, incoming, ["l"], NOW - 5001).ok).toBe(false);
  });

  it("a URL that is signed but not configured is the operator's to fix", () => {
    const of = variant({ content: [url, body] });
    expect(() => signed(of)).toThrow(ConfigurationError);
    const incoming = signed(of, { url: URL_ });
    expect(() => verify(of, incoming, [SECRET], NOW)).toThrow(ConfigurationError);
  });

  it("a signed header that is not the id or the time must come with the message", () => {
    expect(() => signed(variant({ content: [header("X-Other"), body] }))).toThrow(
      /signs header X-Other: none given/,
    );
  });
});

describe("a scheme that could not be secure is rejected", () => {
  it.each([
    ["the body left out", variant({ content: [at] }), /leaves out the body/],
    [
      "a time that is checked but not signed",
      variant({ timestamp: { at, unit: "s", window: 300 } }),
      /timestamp is not part/,
    ],
    ["an id that a replay could change", variant({}, { id: [header("X-Id")] }), /header X-Id is not signed/],
    [
      "an id after a signed one",
      variant({}, { id: [path("id"), header("X-Id")] }),
      /header X-Id is not signed/,
    ],
    ["a field where the header has none", variant({ content: [field("t"), body] }), /form of a list/],
  ])("%s", (_case, of, problem) => {
    expect(() => signed(of)).toThrow(problem);
    expect(() => verify(of, request({ "X-Sig": "0" }), [SECRET], NOW)).toThrow(ConfigurationError);
  });
});
