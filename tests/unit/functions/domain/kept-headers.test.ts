import { decodeHeaders, encodeHeaders, keptHeaders } from "../../../../functions/domain/kept-headers";
import { payloadMetadata, storedHeaders } from "../../../../functions/domain/payload-metadata";
import { eventId, eventType } from "../../../../functions/domain/webhook";
import { schemes, type Scheme } from "../../../../providers";
import { keysOf, sent } from "../../../support/providers/keys";
import { bodyOf } from "../../../support/providers/senders";

function schemeOf(id: string): Scheme {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`no scheme ${id}`);
  return scheme;
}

/** As `toRequest` makes them: without a prototype, names in lower case. */
const headers = (all: Readonly<Record<string, string | readonly string[]>>) =>
  Object.assign(
    Object.create(null) as Record<string, readonly string[]>,
    Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value].flat()])),
  );

const namesKept = (all: Parameters<typeof headers>[0], scheme = "github") =>
  keptHeaders(headers(all), schemeOf(scheme)).map(([name]) => name);

describe("the headers that the original form of a webhook needs", () => {
  test("are those that say what happened and for whom, as often as they came", () => {
    const shopify = {
      "x-shopify-shop-domain": "example.myshopify.com",
      "x-shopify-api-version": "2026-10",
      "x-shopify-hmac-sha256": "c2lnbmF0dXJl",
    };
    expect(keptHeaders(headers(shopify), schemeOf("shopify"))).toEqual([
      ["x-shopify-shop-domain", "example.myshopify.com"],
      ["x-shopify-api-version", "2026-10"],
    ]);
    const github = {
      "x-github-delivery": "72d3162e",
      "x-github-event": "push",
      "x-repeated": ["a", "b"],
      "content-type": "application/json",
    };
    expect(keptHeaders(headers(github), schemeOf("github"))).toEqual([
      ["x-github-delivery", "72d3162e"],
      ["x-github-event", "push"],
      ["x-repeated", "a"],
      ["x-repeated", "b"],
      ["content-type", "application/json"],
    ]);
  });

  test("are none of the connection's, and none that the header Connection names", () => {
    const hop = {
      connection: "close, X-Only-Here",
      "x-only-here": "1",
      "keep-alive": "timeout=5",
      "proxy-authorization": "Basic eDp5",
      "transfer-encoding": "chunked",
      te: "trailers",
      trailer: "x-sum",
      upgrade: "h2c",
      host: "in.example",
      "content-length": "2",
      expect: "100-continue",
      "accept-encoding": "gzip",
      via: "1.1 proxy",
      "x-forwarded-for": "192.0.2.1",
      "x-amzn-trace-id": "Root=1",
    };
    expect(namesKept({ ...hop, accept: "*/*" })).toEqual(["accept"]);
  });

  test("hold no credential and no proof, also none that the scheme does not read", () => {
    const secrets = {
      authorization: "Bearer x",
      cookie: "session=x",
      "x-hub-signature": "sha1=x",
      "x-hub-signature-256": "sha256=x",
      "x-webhook-signature": "x",
      "x-gitlab-token": "x",
      "x-api-key": "x",
      "x-client-secret": "x",
    };
    expect(namesKept(secrets)).toEqual([]);
  });

  test("keep an id whose name holds the word token", () => {
    expect(namesKept({ "i-twilio-idempotency-token": "7b6b", "x-twilio-signature": "x" }, "twilio")).toEqual([
      "i-twilio-idempotency-token",
    ]);
  });

  test.each(Object.keys(schemes))("hold nothing of %s that depends on the secret", (id) => {
    const scheme = schemeOf(id);
    const { verify } = scheme;
    const sentWith = (n: 0 | 1) => {
      const { signWith } =
        verify.kind === "custom" ? verify.newSecret() : { signWith: keysOf(scheme, n).signing };
      const message = { secret: signWith, id: "delivery-1", url: "https://in.example/" };
      return keptHeaders(sent(scheme, bodyOf(id), message).headers, scheme);
    };
    expect(sentWith(0)).toEqual(sentWith(1));
  });
});

describe("as they are stored", () => {
  test("they are read as they were written, with any name and any character", () => {
    const any = [
      ["constructor", "1"],
      ["__proto__", "2"],
      ["x-text", 'ü "\\ \u0000 \u{1f600}'],
      ["x-empty", ""],
    ] as const;
    expect(decodeHeaders(encodeHeaders(any))).toEqual(any);
  });

  test("they are metadata of the payload, in ASCII", () => {
    const stored = encodeHeaders([["x-text", "ü"]]);
    expect(payloadMetadata({ eventId: "é", eventType: "t", split: true, headers: stored })).toEqual({
      metadata: { "event-id": "%C3%A9", "event-type": "t", split: "true", headers: stored },
    });
  });

  test("they are an object of their own beyond what metadata holds, whatever id and type take of it", () => {
    const described = { eventId: eventId("%".repeat(200)), eventType: eventType("\u{ffff}".repeat(200)) };
    const size = (of: Readonly<Record<string, string>>) => Object.entries(of).flat().join("").length;
    const room = 2_048 - size(payloadMetadata({ ...described, headers: "" }).metadata);
    const fitting = payloadMetadata({ ...described, headers: "x".repeat(room) });
    expect(fitting.beside).toBeUndefined();
    expect(size(fitting.metadata)).toBe(2_048);
    const larger = payloadMetadata({ ...described, headers: "x".repeat(room + 1) });
    expect(larger).toMatchObject({ beside: "x".repeat(room + 1) });
    expect(size(larger.metadata)).toBeLessThanOrEqual(2_048);
  });

  test("they are read from where they are, and not at all if the payload is older than they are", async () => {
    const described = { eventId: "e", eventType: "t" };
    const few = [["x-a", "1"]] as const;
    const many = Array.from({ length: 500 }, (_, index) => [`x-${index}`, String(Math.sin(index))] as const);
    const none = () => Promise.reject(new Error("there is no object beside it"));
    const small = payloadMetadata({ ...described, headers: encodeHeaders(few) });
    expect(await storedHeaders(small.metadata, none)).toEqual(few);
    const large = payloadMetadata({ ...described, headers: encodeHeaders(many) });
    expect(await storedHeaders(large.metadata, async () => large.beside ?? "")).toEqual(many);
    expect(await storedHeaders({ "event-id": "e" }, none)).toBeUndefined();
  });

  test("all that an endpoint takes can be read again, and a text that inflates without end is not", () => {
    const hostile = Array.from({ length: 2_000 }, (_, index) => [`h${index}`, "\u0001"] as const);
    expect(decodeHeaders(encodeHeaders(hostile))).toEqual(hostile);
    const bomb = encodeHeaders([["x", "a".repeat(1_000_000)]]);
    expect(() => decodeHeaders(bomb)).toThrow("larger than");
  });
});
