import { gzipSync } from "node:zlib";
import { ingest } from "../../../../functions/domain/ingest";
import type { Claim, IngestPorts, QueueMessage, RawPayload } from "../../../../functions/domain/ingest-ports";
import type { IngestRequest } from "../../../../functions/domain/ingest-request";
import { decodeHeaders } from "../../../../functions/domain/kept-headers";
import { parseWebhook } from "../../../../functions/domain/message";
import { MAX_BODY_BYTES } from "../../../../functions/domain/payload";
import { sourceRanges } from "../../../../functions/domain/source-ranges";
import { INLINE_LIMIT_BYTES } from "../../../../functions/domain/webhook";
import { sign } from "../../../../providers";
import { schemeOf } from "../../../support/providers/requests";
import { idlePorts } from "../../../support/idle-ports";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";

/** A request as the provider would sign it. */
function signed(
  provider: string,
  scheme: string,
  payload: unknown,
  over: Partial<IngestRequest> = {},
): IngestRequest {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
  const headers = sign(schemeOf(scheme), { body, secret: SECRET, now: NOW });
  return {
    method: "POST",
    pathProvider: provider,
    requestId: "req-1",
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    body,
    ...over,
  };
}

const stripe = (over: Record<string, unknown> = {}) =>
  signed("stripe", "stripe", { id: "evt_1", type: "invoice.paid", created: NOW / 1000, ...over });

/** In-memory services that record what happened, in order, and fail or stall where told so. */
function world(fail: Partial<Record<"payload" | "claim" | "send" | "remove" | "secrets", Error>> = {}) {
  const effects: string[] = [];
  const payloads: RawPayload[] = [];
  const claims: Claim[] = [];
  const messages: QueueMessage[] = [];
  const lines: Readonly<Record<string, unknown>>[] = [];
  const claimed = new Set<string>();
  let secrets: readonly string[] = [SECRET];
  let fresh: readonly string[] | undefined;

  const effect = async (name: "payload" | "claim" | "send" | "remove") => {
    effects.push(`${name} begins`);
    await Promise.resolve();
    if (fail[name]) throw fail[name];
    effects.push(`${name} done`);
  };
  const ports: IngestPorts = {
    ...idlePorts(NOW, lines),
    providers: new Map([
      ["stripe", { name: "stripe", scheme: schemeOf("stripe"), orderingKey: "data.object.customer" }],
      ["slack", { name: "slack", scheme: schemeOf("slack") }],
      ["acme", { name: "acme", scheme: schemeOf("hmac-sha256") }],
      ["github", { name: "github", scheme: schemeOf("github") }],
      ["strict", { name: "strict", scheme: schemeOf("github"), duplicates: "body" }],
      ["dropbox", { name: "dropbox", scheme: schemeOf("dropbox") }],
      [
        "ranged",
        {
          name: "ranged",
          scheme: schemeOf("slack"),
          sources: sourceRanges(["203.0.113.0/24", "2001:db8::/32"]),
        },
      ],
      ["sorted", { name: "sorted", scheme: schemeOf("stripe"), orderingKey: "entity" }],
    ]),
    secrets: {
      get: async () => {
        if (fail.secrets) throw fail.secrets;
        return secrets;
      },
      refresh: async () => {
        if (!fresh) return false;
        secrets = fresh;
        return true;
      },
      learn: async () => false,
    },
    payloads: {
      put: async (payload) => (await effect("payload"), void payloads.push(payload)),
      remove: async (key) => (await effect("remove"), void effects.push(`${key} is gone`)),
    },
    records: {
      claim: async (claim) => {
        await effect("claim");
        claims.push(claim);
        const outcome = claimed.has(claim.key) ? "duplicate" : "new";
        claimed.add(claim.key);
        return outcome;
      },
    },
    queue: { send: async (message) => (await effect("send"), void messages.push(message)) },
  };
  return {
    ports,
    effects,
    payloads,
    claims,
    messages,
    lines,
    rotate: (to: { cached: readonly string[]; stored: readonly string[] }) => {
      secrets = to.cached;
      fresh = to.stored;
    },
  };
}

test("the payload is stored with the headers that it came with, but for the signature", async () => {
  const { ports, payloads } = world();
  const request = stripe();
  await ingest({ ...request, headers: { ...request.headers, "user-agent": ["Stripe/1.0"] } }, ports);
  expect(decodeHeaders(payloads[0]?.headers ?? "")).toEqual([["user-agent", "Stripe/1.0"]]);
});

describe("identity", () => {
  /** A request of GitHub's, with its unsigned headers. */
  const github = (delivery: string, event = "push", provider = "github") => {
    const request = signed(provider, "github", { ref: "main" });
    return {
      ...request,
      headers: { ...request.headers, "x-github-delivery": [delivery], "x-github-event": [event] },
    };
  };

  test("the event bears the header's id; record, message and payload are named by it and what it is bound to", async () => {
    const { ports, claims, messages, payloads } = world();
    const answer = await ingest(github("72d3162e"), ports);
    const webhook = messages[0]?.webhook;
    expect(JSON.parse(answer.body)).toEqual({ status: "accepted", id: "72d3162e", key: webhook?.key });
    expect(webhook).toMatchObject({
      id: "72d3162e",
      key: expect.stringMatching(/^72d3162e~[0-9a-f]{16}$/) as string,
    });
    expect(claims[0]?.key).toBe(`github#${webhook?.key}`);
    expect(messages[0]?.deduplicationId).toBe(`github:${webhook?.key}:0`);
    expect(payloads[0]).toMatchObject({ eventId: "72d3162e" });
    expect(payloads[0]?.key.startsWith(`raw/github/${webhook?.key}/`)).toBe(true);
  });

  test("a retry is a duplicate; another delivery or another event of the same bytes is not", async () => {
    const { ports } = world();
    const statuses = [];
    for (const request of [github("d1"), github("d1"), github("d2"), github("d1", "ping")]) {
      statuses.push((await ingest(request, ports)).status);
    }
    expect(statuses).toEqual([202, 200, 202, 202]);
  });

  test("with `duplicates: body` equal bytes are one event, whatever the headers say", async () => {
    const { ports, messages } = world();
    const statuses = [];
    for (const request of [github("d1", "push", "strict"), github("d2", "ping", "strict")]) {
      statuses.push((await ingest(request, ports)).status);
    }
    expect(statuses).toEqual([202, 200]);
    expect(messages[0]?.webhook.id).toMatch(/^[0-9a-f]{64}$/);
    expect(messages[0]?.webhook).not.toHaveProperty("key");
  });

  test("of notes that only say that something changed, each request is an event", async () => {
    const { ports, messages } = world();
    const note = { list_folder: { accounts: ["dbid:1"] } };
    for (const requestId of ["req-1", "req-2"]) {
      expect((await ingest(signed("dropbox", "dropbox", note, { requestId }), ports)).status).toBe(202);
    }
    expect(messages.map(({ webhook }) => webhook.id)).toEqual(["req-1", "req-2"]);
  });

  test("the log holds the headers that the provider's scheme names", async () => {
    const { ports, lines } = world();
    await ingest(github("72d3162e"), ports);
    expect(lines[0]?.["headers"]).toMatchObject({
      "x-github-delivery": "72d3162e",
      "x-github-event": "push",
    });
  });
});

describe("a webhook that is new", () => {
  test("is answered 202 once it is stored, claimed and queued, side by side", async () => {
    const { ports, effects } = world();
    const answer = await ingest(stripe(), ports);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([202, { status: "accepted", id: "evt_1" }]);
    expect(effects.slice(0, 3).every((effect) => effect.endsWith("begins"))).toBe(true);
    expect(effects.slice(3).sort()).toEqual(["claim done", "payload done", "send done"]);
  });

  test("is queued under an id that every attempt shares, in its provider's group", async () => {
    const { ports, messages } = world();
    await ingest(stripe({ pending_webhooks: 2 }), ports);
    await ingest(stripe({ pending_webhooks: 1 }), ports);
    expect(messages.map(({ deduplicationId, group }) => [deduplicationId, group])).toEqual([
      ["stripe:evt_1:0", "stripe"],
      ["stripe:evt_1:0", "stripe"],
    ]);
  });

  test("is ordered by the value of its ordering key where it has one", async () => {
    const { ports, messages } = world();
    await ingest(stripe({ data: { object: { customer: "cus_1" } } }), ports);
    expect(messages[0]?.group).toBe("stripe:cus_1");
  });

  test("carries its payload's own text and its facts, and nothing of the receive time", async () => {
    const { ports, messages, payloads } = world();
    const request = stripe();
    await ingest(request, ports);
    expect(messages[0]?.webhook).toEqual({
      provider: "stripe",
      id: "evt_1",
      type: "invoice.paid",
      time: "2026-01-02T03:04:05.000Z",
      contentType: "application/json",
      size: request.body.length,
      s3Key: payloads[0]?.key,
      replay: 0,
      data: request.body.toString(),
    });
    expect(payloads[0]?.body).toBe(request.body);
    expect(payloads[0]?.key).toMatch(/^raw\/stripe\/evt_1\/[0-9a-f]{32}$/);
  });

  test("travels by reference where it is large, and its payload is there before its message", async () => {
    const { ports, messages, effects } = world();
    await ingest(stripe({ filler: '"'.repeat(INLINE_LIMIT_BYTES / 3) }), ports);
    expect(messages[0]?.webhook.data).toBeUndefined();
    expect(effects.indexOf("payload done")).toBeLessThan(effects.indexOf("send begins"));
  });

  test("with an id that is no identifier gets that id's hash", async () => {
    const { ports, messages } = world();
    await ingest(stripe({ id: `evt ${"ü".repeat(300)}` }), ports);
    expect(messages[0]?.webhook.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(messages[0]?.deduplicationId.length).toBeLessThanOrEqual(128);
  });
});

describe("an event type", () => {
  test.each([
    ["longer than EventBridge takes is cut", "x".repeat(300), "x".repeat(128)],
    ["with half a character gets a whole one", "a\ud800b", "a\ufffdb"],
  ])("%s", async (_, type, stored) => {
    const { ports, messages } = world();
    expect((await ingest(stripe({ type }), ports)).status).toBe(202);
    expect(messages[0]?.webhook.type).toBe(stored);
  });
});

describe("a webhook that came before", () => {
  test("is answered 200, and is queued again: the first attempt may have died before the queue", async () => {
    const { ports, messages } = world();
    await ingest(stripe(), ports);
    const answer = await ingest(stripe(), ports);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { status: "duplicate", id: "evt_1" }]);
    expect(messages).toHaveLength(2);
  });

  test("and was erased is a duplicate, whose payload is removed again before the answer", async () => {
    const { ports, effects, payloads } = world();
    const erased: IngestPorts = { ...ports, records: { claim: async () => "erased" } };
    const answer = await ingest(stripe(), erased);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { status: "duplicate", id: "evt_1" }]);
    expect(effects.at(-1)).toBe(`${payloads[0]?.key} is gone`);
    const failing = world({ remove: new Error("SlowDown") });
    const asked = await ingest(stripe(), { ...failing.ports, records: erased.records });
    expect(asked.status).toBe(503);
  });
});

describe("a service that fails", () => {
  const down = new Error("AccessDenied: arn:aws:iam::123456789012:role/secret-role");

  test.each(["payload", "claim", "send", "secrets"] as const)(
    "(%s) is answered 503 with Retry-After and without the error's text",
    async (name) => {
      const { ports, lines } = world({ [name]: down });
      const answer = await ingest(stripe(), ports);
      expect(answer.status).toBe(503);
      expect(answer.headers).toMatchObject({
        "content-type": "application/problem+json",
        "retry-after": "5",
      });
      expect(answer.body).not.toContain("AccessDenied");
      expect(JSON.parse(answer.body)).toMatchObject({ status: 503, requestId: "req-1" });
      expect(lines).toMatchObject([{ event: "webhook.received", status: 503, error: String(down) }]);
    },
  );

  test("is logged with all that was known of the request before it", async () => {
    const { ports, lines } = world({ send: down });
    await ingest(stripe(), ports);
    const known = { provider: "stripe", secretIndex: 0, id: "evt_1", type: "invoice.paid", group: "stripe" };
    expect(lines).toMatchObject([{ ...known, inline: true, status: 503, error: String(down) }]);
    expect(lines[0]).not.toHaveProperty("outcome");
  });

  test("does not leave a call under way behind: all have ended before the answer", async () => {
    const { ports, effects } = world({ claim: down });
    await ingest(stripe(), ports);
    expect(effects).toEqual(expect.arrayContaining(["payload done", "send done"]));
  });

  test("(a large payload's store) keeps its message from the queue", async () => {
    const { ports, messages } = world({ payload: down });
    const answer = await ingest(stripe({ filler: "x".repeat(INLINE_LIMIT_BYTES) }), ports);
    expect(answer.status).toBe(503);
    expect(messages).toEqual([]);
  });
});

describe("a verified body that cannot be read the usual way", () => {
  test.each([
    ["not JSON", Buffer.from("hello")],
    ["empty", Buffer.alloc(0)],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["NaN", Buffer.from('{"a":NaN}')],
    ["cut off", Buffer.from('{"a":')],
    ["cut off gzip", gzipSync("{}").subarray(0, 12)],
  ])("(%s) is accepted and travels as its bytes", async (_, body) => {
    const { ports, messages, payloads } = world();
    expect((await ingest(signed("acme", "hmac-sha256", body), ports)).status).toBe(202);
    expect(messages[0]?.webhook).toMatchObject({ dataBase64: body.toString("base64"), type: "unknown" });
    expect(payloads[0]?.body).toBe(body);
  });

  test("compressed is stored as it was signed, and says so; above the limit the event refers to gzip", async () => {
    const { ports, messages, payloads } = world();
    const small = gzipSync('{"a":1}');
    const large = gzipSync(JSON.stringify({ filler: "x".repeat(INLINE_LIMIT_BYTES) }));
    for (const body of [small, large]) await ingest(signed("acme", "hmac-sha256", body), ports);
    expect(payloads).toMatchObject([
      { body: small, contentType: "application/json", contentEncoding: "gzip" },
      { body: large, contentEncoding: "gzip" },
    ]);
    expect(messages[0]?.webhook).toMatchObject({ data: '{"a":1}', contentType: "application/json" });
    expect(messages[1]?.webhook).toMatchObject({ contentType: "application/gzip" });
    expect(messages[1]?.webhook).not.toHaveProperty("data");
  });

  test.each([";", "", "; charset=utf-8", "x".repeat(300), "é", "text/", "multipart/form-data; boundary=x"])(
    "becomes a message that the processor can read, under the content type %j, small or large",
    async (type) => {
      const { ports, messages } = world();
      for (const body of [
        "",
        "<a/>",
        "x".repeat(INLINE_LIMIT_BYTES + 1),
        `{"a":"${"x".repeat(INLINE_LIMIT_BYTES)}"}`,
      ]) {
        const request = signed("acme", "hmac-sha256", Buffer.from(body));
        const headers = { ...request.headers, "content-type": [type] };
        expect((await ingest({ ...request, headers }, ports)).status).toBe(202);
      }
      expect(messages).toHaveLength(4);
      for (const { webhook } of messages) expect(parseWebhook(JSON.stringify(webhook))).toEqual(webhook);
    },
  );
});

test("a message with an empty media type, as ingestion once wrote them, can be processed", async () => {
  const { ports, messages } = world();
  await ingest(stripe(), ports);
  const old = JSON.stringify({ ...messages[0]?.webhook, contentType: "" });
  expect(parseWebhook(old)).toMatchObject({ id: "evt_1", contentType: "application/octet-stream" });
  expect(() => parseWebhook(JSON.stringify({ ...messages[0]?.webhook, contentType: 1 }))).toThrow(
    "contentType",
  );
});

describe("a request that is rejected", () => {
  const mangled = () => ({ ...stripe(), body: Buffer.from('{"id":"evt_2"}') });
  const cases: [string, number, IngestRequest][] = [
    ["of a provider that is not configured", 404, { ...stripe(), pathProvider: "nobody" }],
    ["whose body was changed", 401, mangled()],
    ["without a signature", 401, { ...stripe(), headers: {} }],
    ["that is too large", 413, { ...stripe(), body: Buffer.alloc(MAX_BODY_BYTES + 1) }],
  ];

  test.each(cases)("%s gets %i as problem details, and nothing is stored", async (_, status, request) => {
    const { ports, effects } = world();
    const answer = await ingest(request, ports);
    expect([answer.status, answer.headers["content-type"]]).toEqual([status, "application/problem+json"]);
    expect(JSON.parse(answer.body)).toMatchObject({ type: "about:blank", status, requestId: "req-1" });
    expect(effects).toEqual([]);
  });

  test("shows the operator why, and holds neither secret nor signature", async () => {
    const { ports, lines } = world();
    const request = mangled();
    await ingest(request, ports);
    expect(lines).toMatchObject([{ provider: "stripe", status: 401, reason: "signature_mismatch" }]);
    const signature = request.headers["stripe-signature"]?.[0] ?? "";
    expect(JSON.stringify(lines)).not.toContain(signature.split("v1=")[1] ?? "v1=");
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });
});

describe("rotation of a secret", () => {
  test("any live secret will do, and the log says which by its index", async () => {
    const { ports, lines, rotate } = world();
    rotate({ cached: ["whsec_bmV3LW5ldy1uZXctbmV3", SECRET], stored: [] });
    expect((await ingest(stripe(), ports)).status).toBe(202);
    expect(lines).toMatchObject([{ secretIndex: 1 }]);
  });

  test("a secret rotated a moment ago costs no webhook: it is read again before the rejection", async () => {
    const { ports, rotate } = world();
    rotate({ cached: ["whsec_b2xkLW9sZC1vbGQtb2xk"], stored: [SECRET] });
    expect((await ingest(stripe(), ports)).status).toBe(202);
  });
});

describe("POST /webhook", () => {
  const byHeader = (headers: Record<string, readonly string[]>): IngestRequest => {
    const { method, requestId, body } = stripe();
    return { method, requestId, body, headers };
  };
  const signature = stripe().headers["stripe-signature"] ?? [];

  test("takes the signature from X-Webhook-Signature", async () => {
    const { ports } = world();
    const headers = { "x-webhook-provider": ["stripe"], "x-webhook-signature": signature };
    expect((await ingest(byHeader(headers), ports)).status).toBe(202);
  });

  test("lets the provider's own header win", async () => {
    const { ports } = world();
    const headers = {
      "x-webhook-provider": ["stripe"],
      "x-webhook-signature": signature,
      "stripe-signature": ["t=1,v1=00"],
    };
    expect((await ingest(byHeader(headers), ports)).status).toBe(401);
  });

  test("does not guess between two provider headers", async () => {
    const { ports } = world();
    const headers = { "x-webhook-provider": ["stripe", "acme"], "x-webhook-signature": signature };
    expect((await ingest(byHeader(headers), ports)).status).toBe(404);
  });
});

test("a handshake is answered after verification, and stores nothing", async () => {
  const { ports, effects } = world();
  const challenge = { type: "url_verification", challenge: "abc" };
  const answer = await ingest(signed("slack", "slack", challenge), ports);
  expect([answer.status, answer.body]).toEqual([200, "abc"]);
  expect(effects).toEqual([]);
  const forged = { ...signed("slack", "slack", challenge), body: Buffer.from('{"challenge":"x"}') };
  expect((await ingest(forged, ports)).status).toBe(401);
});

describe("a provider that is taken from certain addresses only", () => {
  const from = (sourceIp: string | undefined, payload: object = { event_id: "Ev1" }) =>
    signed("ranged", "slack", payload, sourceIp === undefined ? {} : { sourceIp });

  test.each<[string | undefined, number, number]>([
    ["203.0.113.255", 202, 1],
    ["2001:db8::7", 202, 1],
    ["::ffff:203.0.113.7", 202, 1],
    ["203.0.114.0", 403, 0],
    ["2001:db9::7", 403, 0],
    ["::ffff:198.51.100.7", 403, 0],
    [undefined, 403, 0],
  ])("and sends from %s is answered %i, and %i is queued", async (sourceIp, status, queued) => {
    const { ports, effects, messages } = world();
    expect((await ingest(from(sourceIp), ports)).status).toBe(status);
    expect([messages.length, effects.length > 0]).toEqual([queued, queued > 0]);
  });

  test("is answered its handshake wherever it comes from", async () => {
    const { ports } = world();
    const challenge = { type: "url_verification", challenge: "abc" };
    expect((await ingest(from("198.51.100.7", challenge), ports)).body).toBe("abc");
  });
});

describe("ordered by entity", () => {
  test.each([
    [{ data: { object: { id: "in_1", customer: "cus_1" } } }, "sorted:cus_1"],
    [{ data: { object: { id: "cus_1", object: "customer" } } }, "sorted:cus_1"],
    [{ data: {} }, "sorted"],
  ])("%j goes into the group %s", async (over, group) => {
    const { ports, messages } = world();
    await ingest(signed("sorted", "stripe", { id: "evt_1", type: "invoice.paid", ...over }), ports);
    expect(messages.map((message) => message.group)).toEqual([group]);
  });
});
