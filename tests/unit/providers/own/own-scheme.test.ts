import fc from "fast-check";
import { scheme as configured } from "../../../../config/own-scheme";
import {
  readEvent,
  requiredHeaders,
  schemeOf,
  signMessage,
  verify,
  type OwnScheme,
  type Scheme,
  type WebhookRequest,
} from "../../../../providers";
import { newSecret } from "../../../../providers/new-secret";
import { NOW, request } from "../../../support/providers/requests";

const URL = "https://hooks.example.com/webhook/acme";

/** The scheme that the configuration takes for this, through the same check as a deployment. */
function own(given: OwnScheme): Scheme {
  const parsed = configured.safeParse(given);
  if (!parsed.success) throw new Error(parsed.error.message);
  const found = schemeOf(parsed.data);
  if (!found) throw new Error("no scheme");
  return found;
}

/** A webhook as a provider of this scheme sends it. */
function sent(of: Scheme, secret: string, body = Buffer.from('{"id":"e1","at":1}')): WebhookRequest {
  const signed = signMessage(of, { body, secret, now: NOW, url: URL, id: "evt-1", type: "a.b" });
  return { ...request(signed.headers, signed.body), url: URL, query: signed.query };
}

test("RFC 4231's second HMAC-SHA-256, in base64 behind `hmac=`, verifies by configuration alone", () => {
  const of = own({ hmac: { header: "X-Signature", prefix: "hmac=", encoding: "base64" } });
  // 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843
  const headers = { "X-Signature": "hmac=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=" };
  const body = "what do ya want for nothing?";
  expect(verify(of, request(headers, Buffer.from(body)), ["Jefe"], NOW)).toEqual({
    ok: true,
    secretIndex: 0,
  });
  expect(verify(of, request(headers, Buffer.from(`${body}\n`)), ["Jefe"], NOW).ok).toBe(false);
});

const timestamps = fc.constantFrom<NonNullable<OwnScheme["hmac"]>["timestamp"]>(
  undefined,
  { header: "X-Time" },
  { header: "X-Time", unit: "ms", window: 60 },
  { header: "X-Time", unit: "iso" },
  { header: "X-Time", unit: "http-date" },
  { field: "t" },
  { body: "at" },
  { body: "meta.at", unit: "iso" },
);
const lists = fc.constantFrom<NonNullable<NonNullable<OwnScheme["hmac"]>["list"]>>(
  { signature: "v1" },
  { signature: "s", separator: ";" },
  { signature: "v1", separator: " ", pair: "," },
  { fields: ["t"] },
);

/** Schemes of every form that the configuration has. */
const hmacs: fc.Arbitrary<OwnScheme> = fc
  .record({
    hash: fc.constantFrom("md5", "sha1", "sha256", "sha512", undefined),
    encoding: fc.constantFrom("hex", "hex-any-case", "base64", "base64url", undefined),
    key: fc.constantFrom(
      undefined,
      { encoding: "hex" } as const,
      { encoding: "base64", prefix: "whsec_" } as const,
    ),
    prefix: fc.constantFrom(undefined, "v1=", "hmac="),
    timestamp: timestamps,
    list: lists,
    listed: fc.boolean(),
    others: fc.subarray(["url", "method", "header.X-Id", { text: "v0" }]),
    separator: fc.constantFrom("", ".", ":", "\n"),
    bodyFirst: fc.boolean(),
  })
  .map(({ timestamp, list, listed, others, separator, bodyFirst, prefix, ...hmac }) => {
    const isListed = listed || timestamp?.field !== undefined || list.fields !== undefined;
    const parts = [...others, ...(timestamp ? ["timestamp"] : [])];
    const inOrder = bodyFirst ? ["body", ...parts] : [...parts, "body"];
    const content = inOrder.flatMap((part, at) =>
      at === 0 || separator === "" ? [part] : [separator, part],
    );
    const positional = list.fields !== undefined && timestamp?.field === undefined;
    const form = isListed ? { list: positional ? { fields: [] } : list } : { prefix };
    return {
      hmac: { header: "X-Signature", ...hmac, ...form, content, ...(timestamp && { timestamp }) },
      event: { id: ["body.id", "header.X-Id"], type: "header.X-Type", time: "body.at" },
    };
  });
const tokens = fc.constantFrom<OwnScheme>(
  { token: { header: "X-Token" } },
  { token: { header: "Authorization", prefix: "Bearer " } },
  { token: { query: "key" } },
  { token: { basic: true } },
  { standardWebhooks: { prefix: "Acme" } },
);

/** Each request that differs from this one in one byte of its body or its proof. */
function changed(
  of: Scheme,
  { headers, body, query = {}, ...rest }: WebhookRequest,
  at: number,
): WebhookRequest[] {
  const flipped = (text: string) => {
    const index = at % text.length;
    return `${text.slice(0, index)}${text[index] === "A" ? "B" : "A"}${text.slice(index + 1)}`;
  };
  const bytes = Buffer.from(body);
  bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1;
  const proofs = requiredHeaders(of).map((name) => name.toLowerCase());
  return [
    ...(of.covers === undefined ? [{ ...rest, headers, query, body: bytes }] : []),
    ...proofs.map((name) => ({
      ...rest,
      query,
      body,
      headers: { ...headers, [name]: [flipped(headers[name]?.[0] ?? "")] },
    })),
    ...Object.entries(query).map(([name, value]) => ({
      ...rest,
      headers,
      body,
      query: { ...query, [name]: flipped(value) },
    })),
  ];
}

test("each scheme that the configuration takes verifies what it signs, and nothing with another byte", () => {
  fc.assert(
    fc.property(fc.oneof({ weight: 5, arbitrary: hmacs }, tokens), fc.nat(), (given, at) => {
      const of = own(given);
      const { secret, signWith } = newSecret(given);
      const webhook = sent(of, signWith);
      expect(verify(of, webhook, [secret], NOW)).toMatchObject({ ok: true });
      expect(verify(of, webhook, [newSecret(given).secret], NOW)).toMatchObject({ ok: false });
      for (const other of changed(of, webhook, at)) {
        const verdict = verify(of, other, [secret], NOW);
        // Some characters of a list stand for nothing: of what was signed nothing may differ.
        if (verdict.ok) expect(other.body).toEqual(webhook.body);
      }
    }),
    { numRuns: 300 },
  );
});

test("a changed byte of the body is rejected", () => {
  const of = own({ hmac: { header: "X-Signature" } });
  const webhook = sent(of, "a secret");
  const [other] = changed(of, webhook, 3);
  expect(other && verify(of, other, ["a secret"], NOW)).toMatchObject({
    ok: false,
    reason: "signature_mismatch",
  });
});

describe("the time of signing", () => {
  test.each<[string, NonNullable<OwnScheme["hmac"]>]>([
    ["in a header", { header: "S", content: ["timestamp", ".", "body"], timestamp: { header: "T" } }],
    [
      "in the list",
      {
        header: "S",
        list: { signature: "v1" },
        content: ["timestamp", ".", "body"],
        timestamp: { field: "t" },
      },
    ],
    ["in the body", { header: "S", content: ["body", "timestamp"], timestamp: { body: "sent", unit: "ms" } }],
  ])("%s has a window", (_, hmac) => {
    const of = own({ hmac: { ...hmac, timestamp: { ...hmac.timestamp, window: 60 } } });
    const webhook = sent(of, "secret");
    expect(verify(of, webhook, ["secret"], NOW + 60_000).ok).toBe(true);
    expect(verify(of, webhook, ["secret"], NOW + 62_000)).toMatchObject({
      reason: "timestamp_outside_window",
    });
  });
});

describe("an event's identity", () => {
  const facts = (given: OwnScheme, headers: Record<string, string>, payload: unknown) =>
    readEvent(own(given), request(headers, Buffer.from(JSON.stringify(payload))), payload, {
      requestId: "r",
      signedAt: NOW,
    });
  const hmac = { header: "X-Signature" };
  const payload = { id: 7, resource: "app", action: "update", account: "a1" };

  test("is the id in the signed body", () => {
    expect(facts({ hmac, event: { id: "body.id" } }, {}, payload)).toMatchObject({
      id: "7",
      identifiedBy: "event-id",
    });
  });

  test("is a header's that is not signed, bound to the content, so that nobody can suppress an event by its id", () => {
    const event = facts({ hmac, event: { id: "header.X-Id" } }, { "X-Id": "d1" }, payload);
    expect(event).toMatchObject({ id: "d1", identifiedBy: "delivery-id" });
    expect(event.binding).toHaveLength(16);
  });

  test("is a header's alone if that is signed", () => {
    const signed = { ...hmac, content: ["header.X-Id", ".", "body"] };
    expect(facts({ hmac: signed, event: { id: "header.X-Id" } }, { "X-Id": "d1" }, payload)).toMatchObject({
      id: "d1",
      identifiedBy: "event-id",
    });
  });

  test("is else the hash of the body, or with the time of signing that too", () => {
    expect(facts({ hmac }, {}, payload).identifiedBy).toBe("body");
    const timed = { ...hmac, content: ["timestamp", "body"], timestamp: { header: "T" } };
    expect(facts({ hmac: timed }, {}, payload).identifiedBy).toBe("body-and-time");
    expect(facts({ token: { header: "X-Token" } }, {}, payload).identifiedBy).toBe("body");
    expect(facts({ hmac, event: { otherwise: "request" } }, {}, payload)).toMatchObject({ id: "r" });
  });

  test("has a type that is put together, and a time in any unit", () => {
    const event = { type: [["body.resource", ".", "body.action"]], time: "body.at" };
    expect(facts({ hmac, event }, {}, { ...payload, at: NOW })).toMatchObject({
      type: "app.update",
      time: new Date(NOW).toISOString(),
    });
    expect(facts({ hmac, event }, {}, { at: "2026-03-01T12:00:00Z" }).time).toBe("2026-03-01T12:00:00.000Z");
  });
});
