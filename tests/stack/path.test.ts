import { createHash, randomUUID } from "node:crypto";
import { startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(60_000);

let inbox: Inbox;
beforeAll(async () => {
  inbox = await startInbox();
}, 120_000);
afterAll(() => inbox?.close());

const unique = (prefix: string) => `${prefix}_${randomUUID().slice(0, 8)}`;
const stripeEvent = (id: string, over: Record<string, unknown> = {}) => ({
  id,
  object: "event",
  type: "invoice.paid",
  created: 1_767_225_600,
  data: { object: { id: "in_1", amount_paid: 4_200 } },
  ...over,
});

describe("a signed webhook of", () => {
  test.each([
    { provider: "stripe", payload: stripeEvent("evt_e2e"), id: "evt_e2e", type: "invoice.paid" },
    {
      provider: "github",
      payload: { action: "opened", number: 7 },
      type: "pull_request.opened",
      sent: "pull_request",
    },
    { provider: "shopify", payload: { id: 820_982_911 }, type: "orders/create", sent: "orders/create" },
    {
      provider: "slack",
      payload: {
        type: "event_callback",
        event_id: "Ev0E2E",
        event: { type: "app_mention" },
        event_time: 1_767_225_600,
      },
      id: "Ev0E2E",
      type: "app_mention",
    },
    {
      provider: "standard",
      payload: { type: "contact.created", data: {} },
      sentId: "msg_e2e",
      id: "msg_e2e",
      type: "contact.created",
    },
    { provider: "acme", payload: { hello: "world" }, type: "thing.made", sent: "thing.made" },
  ])("$provider is accepted, stored, and published once as a CloudEvent", async (webhook) => {
    const { provider, payload, type } = webhook;
    const reply = await inbox.send(provider, payload, {
      ...(webhook.sentId !== undefined && { id: webhook.sentId }),
      ...(webhook.sent !== undefined && { type: webhook.sent }),
    });
    expect(reply.status).toBe(202);
    const id = String(reply.json["id"]);
    if (webhook.id !== undefined) expect(id).toBe(webhook.id);

    const event = await inbox.events.next(id);
    expect(event).toMatchObject({ source: `webhook.${provider}`, "detail-type": type });
    expect(event.detail).toMatchObject({
      specversion: "1.0",
      id,
      source: `webhook.${provider}`,
      type,
      datacontenttype: "application/json",
      provider,
      replay: 0,
      data: payload,
    });
    expect(event.detail["receivedat"]).toMatch(/^\d{4}-\d\d-\d\dT/);

    const record = await until(`${id} published`, async () => {
      const found = await inbox.record(provider, id);
      return found?.["status"] === "published" && found;
    });
    expect(record).toMatchObject({ provider, eventId: id, type, attempts: 1 });
    expect(event.resources).toEqual([record["executionArn"]]);
    expect(await inbox.payload(record["s3Key"] ?? "")).toEqual(Buffer.from(JSON.stringify(payload)));
    expect(await inbox.events.of(id)).toHaveLength(1);
  });
});

describe("the endpoint", () => {
  test("takes POST /webhook with the provider and the signature in headers", async () => {
    const id = unique("evt");
    const reply = await inbox.send("stripe", stripeEvent(id), {
      byHeader: true,
      tamper: (request) => {
        request.headers["x-webhook-signature"] = request.headers["Stripe-Signature"] ?? "";
        delete request.headers["Stripe-Signature"];
      },
    });
    expect([reply.status, reply.json]).toEqual([202, { status: "accepted", id }]);
    await inbox.events.next(id);
  });

  test("answers Slack's handshake with the challenge, and stores nothing", async () => {
    const before = await inbox.recordCount();
    const reply = await inbox.send("slack", { type: "url_verification", challenge: "3eZbrw1aB" });
    expect([reply.status, reply.text]).toEqual([200, "3eZbrw1aB"]);
    expect(await inbox.recordCount()).toBe(before);
  });

  test("keeps the payload's own numbers", async () => {
    const id = unique("evt");
    const body = Buffer.from(`{"id":"${id}","type":"a.b","big":12345678901234567890,"small":1.10}`);
    await inbox.send("stripe", body);
    const record = await until(`${id} published`, async () => {
      const found = await inbox.record("stripe", id);
      return found?.["status"] === "published" && found;
    });
    expect(await inbox.payload(record["s3Key"] ?? "")).toEqual(body);
    expect((await inbox.events.next(id)).detail.data).toMatchObject({
      big: 12345678901234567890,
      small: 1.1,
    });
  });

  test("sends a payload that is too large to inline by reference", async () => {
    const id = unique("evt");
    const payload = stripeEvent(id, { filler: "x".repeat(300_000) });
    expect((await inbox.send("stripe", payload)).status).toBe(202);
    const { detail } = await inbox.events.next(id);
    expect(detail.data).toBeUndefined();
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(String(detail["dataref"])) ?? [];
    expect(bucket).toBe(inbox.stack.outputs.s3_bucket_name);
    expect(await inbox.payload(key ?? "")).toEqual(Buffer.from(JSON.stringify(payload)));
  });
});

describe("the endpoint rejects, and stores nothing of,", () => {
  const flip = (text: string) => (text.endsWith("0") ? "1" : "0");
  const stripe = () => stripeEvent(unique("evt"));

  test.each<[string, number, (inbox: Inbox) => ReturnType<Inbox["post"]>]>([
    [
      "a body that was changed",
      401,
      (to) => to.send("stripe", stripe(), { tamper: (r) => (r.body = Buffer.from("{}")) }),
    ],
    [
      "a signature that was changed",
      401,
      (to) =>
        to.send(
          "github",
          { a: 1 },
          {
            tamper: ({ headers }) => {
              const value = headers["X-Hub-Signature-256"] ?? "";
              headers["X-Hub-Signature-256"] = value.slice(0, -1) + flip(value);
            },
          },
        ),
    ],
    ["another secret", 401, (to) => to.send("shopify", { a: 1 }, { secret: "not-the-secret" })],
    ["a stale signature", 401, (to) => to.send("stripe", stripe(), { now: Date.now() - 600_000 })],
    [
      "a signature from the future",
      401,
      (to) => to.send("standard", { type: "a" }, { id: "msg_f", now: Date.now() + 600_000 }),
    ],
    ["no signature", 400, (to) => to.post("/stripe", {}, JSON.stringify(stripe()))],
    ["no provider header on /webhook", 400, (to) => to.post("", { "x-webhook-signature": "x" }, "{}")],
    ["an unknown provider by path", 404, (to) => to.post("/nobody", {}, "{}")],
    [
      "an unknown provider by header",
      404,
      (to) => to.post("", { "x-webhook-provider": "nobody", "x-webhook-signature": "x" }, "{}"),
    ],
    ["a body that is too large", 413, (to) => to.send("acme", { filler: "x".repeat(4_600_000) })],
  ])("%s: %i", async (_, status, request) => {
    const before = [await inbox.recordCount(), await inbox.payloadCount()];
    const reply = await request(inbox);
    expect(reply.status).toBe(status);
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
    expect(reply.json).toMatchObject({ status, title: expect.any(String) as string });
    expect(reply.json["requestId"]).toBeTruthy();
    expect([await inbox.recordCount(), await inbox.payloadCount()]).toEqual(before);
  });
});

describe("a signed body that cannot be read is published as the bytes that it is:", () => {
  test.each([
    ["not JSON", Buffer.from("hello")],
    ["cut off", Buffer.from('{"a": [1, 2')],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ])("%s", async (_, body) => {
    const reply = await inbox.send("acme", body, { id: unique("odd"), type: "thing.made" });
    expect(reply.status).toBe(202);
    const { detail } = await inbox.events.next(String(reply.json["id"]));
    expect(Buffer.from(String(detail["data_base64"]), "base64")).toEqual(body);
  });
});

describe("the same webhook", () => {
  const published = (id: string) =>
    until(`${id} published`, async () => (await inbox.record("stripe", id))?.["status"] === "published");
  /** A later webhook of the same group: when it is through, everything before it is decided. */
  const settle = async () => {
    const id = unique("evt_after");
    await inbox.send("stripe", stripeEvent(id));
    await inbox.events.next(id);
  };

  test("twice, one after the other, is published once", async () => {
    const id = unique("evt");
    const replies = [
      await inbox.send("stripe", stripeEvent(id)),
      await inbox.send("stripe", stripeEvent(id)),
    ];
    expect(replies.map(({ status, json }) => [status, json["status"]])).toEqual([
      [202, "accepted"],
      [200, "duplicate"],
    ]);
    await settle();
    expect(await inbox.events.of(id)).toHaveLength(1);
    expect(await inbox.record("stripe", id)).toMatchObject({ attempts: 2, status: "published" });
  });

  test("eight times at once is published once", async () => {
    const id = unique("evt");
    const replies = await Promise.all(Array.from({ length: 8 }, () => inbox.send("stripe", stripeEvent(id))));
    expect(replies.map(({ status }) => status).sort()).toEqual([...Array<number>(7).fill(200), 202]);
    await settle();
    expect(await inbox.events.of(id)).toHaveLength(1);
  });

  test("again after it was published keeps its status and is not published again", async () => {
    const id = unique("evt");
    await inbox.send("stripe", stripeEvent(id));
    await published(id);
    expect((await inbox.send("stripe", stripeEvent(id))).status).toBe(200);
    expect(await inbox.record("stripe", id)).toMatchObject({ status: "published" });
    await settle();
    expect(await inbox.events.of(id)).toHaveLength(1);
  });

  describe("that was received before, longer ago than SQS remembers", () => {
    const record = {
      status: "published",
      doneReplay: 0,
      attempts: 1,
      publishedAt: "2026-01-01T00:00:00.000Z",
    } as const;
    const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;

    test("is a duplicate by its record, and not published again", async () => {
      const id = unique("evt");
      await inbox.putRecord("stripe", id, { ...record, expiresAt: seconds(3_600) });
      expect((await inbox.send("stripe", stripeEvent(id))).status).toBe(200);
      await settle();
      expect(await inbox.events.of(id)).toEqual([]);
      expect(await inbox.record("stripe", id)).toMatchObject({ status: "published", attempts: 2 });
    });

    test("is new where its record has expired, also if DynamoDB has not removed it yet", async () => {
      const id = unique("evt");
      await inbox.putRecord("stripe", id, { ...record, expiresAt: seconds(-3_600) });
      expect((await inbox.send("stripe", stripeEvent(id))).status).toBe(202);
      await inbox.events.next(id);
      await published(id);
      const { expiresAt, attempts } = (await inbox.record("stripe", id)) ?? {};
      expect(expiresAt).toBeGreaterThan(seconds(0));
      expect(attempts).toBe(1);
    });
  });

  test("again with other bytes under the same event id is published once, and both bodies are kept", async () => {
    const id = unique("evt");
    const bodies = [stripeEvent(id, { pending_webhooks: 2 }), stripeEvent(id, { pending_webhooks: 1 })];
    for (const body of bodies) expect((await inbox.send("stripe", body)).status).toBeLessThan(300);
    await settle();
    expect(await inbox.events.of(id)).toHaveLength(1);
    for (const body of bodies) {
      const text = JSON.stringify(body);
      const hash = createHash("sha256").update(text).digest("hex").slice(0, 32);
      expect(await inbox.payload(`raw/stripe/${id}/${hash}`)).toEqual(Buffer.from(text));
    }
  });
});

test("an event that is older by its provider's clock than one before it says so", async () => {
  const [later, earlier] = [unique("evt_later"), unique("evt_earlier")];
  // Later than all other events of this test, and not in the future, where no time is believed.
  const seconds = Math.floor(Date.now() / 1_000);
  await inbox.send("stripe", stripeEvent(later, { created: seconds }));
  await inbox.send("stripe", stripeEvent(earlier, { created: seconds - 1 }));
  expect((await inbox.events.next(later)).detail).not.toHaveProperty("outoforder");
  expect((await inbox.events.next(earlier)).detail).toMatchObject({
    time: new Date((seconds - 1) * 1_000).toISOString(),
    outoforder: true,
  });
});

test("50 webhooks of one provider are published in the order in which they came", async () => {
  const ids = Array.from({ length: 50 }, (_, index) => unique(`evt_${index}`));
  for (const id of ids) expect((await inbox.send("stripe", stripeEvent(id))).status).toBe(202);
  await inbox.events.next(ids.at(-1) ?? "");
  const order = (await inbox.events.all()).map(({ detail }) => detail.id).filter((id) => ids.includes(id));
  expect(order).toEqual(ids);
});
