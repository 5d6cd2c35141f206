import { ingest } from "../../../../functions/domain/ingest";
import type { Claim, IngestPorts, QueueMessage, RawPayload } from "../../../../functions/domain/ingest-ports";
import type { Provider } from "../../../../functions/domain/provider";
import { MAX_ELEMENTS } from "../../../../functions/domain/split";
import { INLINE_LIMIT_BYTES, recordKey } from "../../../../functions/domain/webhook";
import { schemes, signMessage } from "../../../../providers";
import { idlePorts } from "../../../support/idle-ports";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const SECRET = "secret-of-a-provider-0123456789abcdef";

/** Services that remember what they took, and reject as instructed. */
function inbox(over: Partial<Provider> = {}, reject: (call: string, id: string) => boolean = () => false) {
  const payloads = new Map<string, RawPayload>();
  const claims = new Map<string, Claim>();
  const messages: QueueMessage[] = [];
  const lines: Readonly<Record<string, unknown>>[] = [];
  const scheme = schemes["gocardless"];
  if (!scheme) throw new Error("no scheme gocardless");
  const provider: Provider = { name: "gocardless", scheme, split: true, ...over };
  const call = async (name: string, id: string): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (reject(name, id)) throw new Error(`${name} of ${id} is rejected`);
  };
  const ports: IngestPorts = {
    ...idlePorts(NOW, lines),
    providers: new Map([[provider.name, provider]]),
    secrets: { get: async () => [SECRET], refresh: async () => false, learn: async () => false },
    payloads: {
      put: async (payload) => {
        await call("put", payload.eventId);
        payloads.set(payload.key, payload);
      },
      remove: async (key) => void payloads.delete(key),
    },
    records: {
      claim: async (claim) => {
        await call("claim", claim.webhook.id);
        const known = claims.has(claim.key);
        claims.set(claim.key, claim);
        return known ? "duplicate" : "new";
      },
    },
    queue: {
      send: async (message) => {
        await call("send", message.webhook.id);
        // As SQS: the same deduplication id is the same message.
        if (!messages.some(({ deduplicationId }) => deduplicationId === message.deduplicationId))
          messages.push(message);
      },
    },
  };
  return {
    payloads,
    claims,
    messages,
    lines,
    async post(payload: unknown) {
      const body = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
      const signed = signMessage(provider.scheme, { body, secret: SECRET, now: NOW });
      const headers = Object.fromEntries(
        Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), [value]]),
      );
      const answer = await ingest(
        { method: "POST", pathProvider: provider.name, requestId: "r", headers, body: signed.body },
        ports,
      );
      return { status: answer.status, json: JSON.parse(answer.body || "{}") as Record<string, unknown> };
    },
  };
}

const event = (id: string, over: object = {}) => ({
  id,
  resource_type: "payments",
  action: "confirmed",
  created_at: "2026-01-01T00:00:00.000Z",
  ...over,
});
const idsOf = (messages: readonly QueueMessage[]) => messages.map(({ webhook }) => webhook.id);

test("each event of a request has an id, a type, a time, a payload, a record and a message of its own", async () => {
  const { post, payloads, claims, messages } = inbox();
  const first = '{"id":"EV1", "amount":9007199254740993,"resource_type":"payments","action":"confirmed"}';
  const second = JSON.stringify(event("EV2", { resource_type: "mandates", action: "failed" }));
  const { status, json } = await post(`{"events":[${first},${second}]}`);
  expect([status, json]).toEqual([202, { status: "accepted", id: "EV1", events: 2 }]);
  expect(
    messages.map(({ webhook: { id, type, time, data, replay } }) => ({ id, type, time, data, replay })),
  ).toEqual([
    { id: "EV1", type: "payments.confirmed", time: undefined, data: first, replay: 0 },
    { id: "EV2", type: "mandates.failed", time: "2026-01-01T00:00:00.000Z", data: second, replay: 0 },
  ]);
  expect([...claims.keys()]).toEqual([recordKey("gocardless", "EV1"), recordKey("gocardless", "EV2")]);
  expect(
    messages.map(({ webhook: { s3Key, size } }) => [payloads.get(s3Key)?.body.toString(), size]),
  ).toEqual([
    [first, first.length],
    [second, second.length],
  ]);
});

test("without split a request is one event", async () => {
  const { post, messages } = inbox({ split: false });
  await post({ events: [event("EV1"), event("EV2", { action: "failed" })] });
  expect(messages.map(({ webhook: { type } }) => type)).toEqual(["batch"]);
});

test("an event that comes again in another request is a duplicate there, and the others are new", async () => {
  const { post, messages } = inbox();
  expect((await post({ events: [event("EV1"), event("EV2")] })).status).toBe(202);
  expect((await post({ events: [event("EV2"), event("EV3")] })).status).toBe(202);
  expect((await post({ events: [event("EV3"), event("EV1")] })).status).toBe(200);
  expect(idsOf(messages)).toEqual(["EV1", "EV2", "EV3"]);
});

test("the same event twice in a request is one", async () => {
  const { post, messages } = inbox();
  expect((await post({ events: [event("EV1"), event("EV2"), event("EV1")] })).json["events"]).toBe(2);
  expect(idsOf(messages)).toEqual(["EV1", "EV2"]);
});

test("an event without an id is known by its request and its place in it", async () => {
  const attio = schemes["attio"];
  if (!attio) throw new Error("no scheme attio");
  const { post, messages, lines } = inbox({ scheme: attio });
  const changed = { event_type: "record.updated", id: { record_id: "r" } };
  await post({ events: [changed, changed] });
  const request = String(lines[0]?.["id"]);
  expect(idsOf(messages)).toEqual([`${request}:0`, `${request}:1`]);
});

test("the messages of a group are sent in the order of the request, also if some are slower", async () => {
  const { post, messages } = inbox();
  const ids = Array.from({ length: 60 }, (_, index) => `EV${index}`);
  const large = "x".repeat(INLINE_LIMIT_BYTES);
  await post({ events: ids.map((id, index) => event(id, index % 7 === 0 ? { large } : {})) });
  expect(idsOf(messages)).toEqual(ids);
});

test("each event is ordered by its own value", async () => {
  const { post, messages } = inbox({ orderingKey: "links.mandate" });
  await post({ events: ["MD1", "MD2"].map((mandate) => event(mandate, { links: { mandate } })) });
  expect(messages.map(({ group }) => group)).toEqual(["gocardless:MD1", "gocardless:MD2"]);
  const byEntity = inbox({ orderingKey: "entity" });
  await byEntity.post({ events: ["PM1", "PM2"].map((payment) => event(payment, { links: { payment } })) });
  expect(byEntity.messages.map(({ group }) => group)).toEqual(["gocardless:PM1", "gocardless:PM2"]);
});

test("only an event that is large itself travels by reference", async () => {
  const { post, messages } = inbox();
  await post({ events: [event("EV1"), event("EV2", { large: "x".repeat(INLINE_LIMIT_BYTES) })] });
  expect(messages.map(({ webhook: { data } }) => data === undefined)).toEqual([false, true]);
});

describe("what is not split travels as one event, and the log says so", () => {
  test("more events than one request is split into", async () => {
    const { post, messages, lines } = inbox();
    const most = Array.from({ length: MAX_ELEMENTS }, (_, index) => event(`EV${index}`));
    expect((await post({ events: most })).json["events"]).toBe(MAX_ELEMENTS);
    messages.length = 0;
    expect((await post({ events: [...most, event("more")] })).status).toBe(202);
    expect(messages.map(({ webhook: { size } }) => size > 1_000)).toEqual([true]);
    expect(lines.at(-1)?.["notSplit"]).toBe(`it holds ${MAX_ELEMENTS + 1} events, more than ${MAX_ELEMENTS}`);
  });

  test("a request without events", async () => {
    const { post, messages, lines } = inbox();
    expect((await post({ events: [] })).status).toBe(202);
    expect(messages).toHaveLength(1);
    expect(lines.at(-1)?.["notSplit"]).toBe("it holds no list of events");
  });
});

describe.each(["put", "claim", "send"])("a service rejects the %s of one event", (rejected) => {
  test("the answer is 503, and the provider's retry brings what is missing, in order", async () => {
    let down = true;
    const { post, messages, claims, payloads } = inbox(
      {},
      (call, id) => down && call === rejected && id === "EV2",
    );
    const events = { events: ["EV1", "EV2", "EV3"].map((id) => event(id)) };
    expect((await post(events)).status).toBe(503);
    if (rejected === "send") expect(idsOf(messages)).toEqual(["EV1"]);
    down = false;
    expect((await post(events)).status).toBeLessThan(300);
    expect(idsOf(messages)).toEqual(["EV1", "EV2", "EV3"]);
    expect([claims.size, payloads.size]).toEqual([3, 3]);
  });
});

test("a large event whose payload is not stored keeps those behind it from the queue", async () => {
  const { post, messages } = inbox({}, (call, id) => call === "put" && id === "EV2");
  const large = "x".repeat(INLINE_LIMIT_BYTES);
  expect((await post({ events: [event("EV1"), event("EV2", { large }), event("EV3")] })).status).toBe(503);
  expect(idsOf(messages)).toEqual(["EV1"]);
});
