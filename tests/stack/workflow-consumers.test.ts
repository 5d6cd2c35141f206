import { DeleteQueueCommand, SetQueueAttributesCommand, SQSClient, type Message } from "@aws-sdk/client-sqs";
import { deduplicationId } from "../../functions/domain/webhook";
import { startEmulator, type Emulator } from "../../local/emulator";
import { item, workflowIn } from "../support/workflow";

jest.setTimeout(60_000);

let emulator: Emulator;
let sqs: SQSClient;
beforeAll(async () => {
  emulator = await startEmulator();
  sqs = new SQSClient(emulator.client);
}, 120_000);
afterAll(() => emulator?.stop());

const PROVIDERS = [
  { name: "acme", filter: "data.ignore ? false : true" },
  { name: "shaped", transform: "{ 'total': data.amount * 2 }" },
];
const inbox = (...consumers: readonly { name: string; when?: string }[]) =>
  workflowIn(emulator, PROVIDERS, consumers);
type Inbox = Awaited<ReturnType<typeof inbox>>;

const bodies = (messages: readonly Message[]) =>
  messages.map(({ Body }) => JSON.parse(Body ?? "") as Record<string, unknown> & { id: string });
const idsAt = async (workflow: Inbox, consumer: string) =>
  bodies(await workflow.received(consumer)).map(({ id }) => id);
const idsOnBus = async (workflow: Inbox) => (await workflow.published()).map(({ detail }) => detail.id);
const statuses = (outcomes: readonly { status: string }[]) => outcomes.map(({ status }) => status);
const setQueue = async (workflow: Inbox, consumer: string, attributes: Record<string, string>) => {
  const QueueUrl = await workflow.queueUrl(consumer);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }));
};
const gone = async (workflow: Inbox, consumer: string) =>
  void (await sqs.send(new DeleteQueueCommand({ QueueUrl: await workflow.queueUrl(consumer) })));

describe("a consumer's queue", () => {
  test("gets every event that the bus gets, with the same text and in the same order", async () => {
    const workflow = await inbox({ name: "all" });
    const batch = ["a1", "a2", "a3"].map((id) => item({ id, group: "acme:1", data: `{"n":${id.slice(1)}}` }));
    expect(statuses(await workflow.run(...batch))).toEqual(["published", "published", "published"]);
    const messages = await workflow.received("all");
    expect(bodies(messages)).toEqual((await workflow.published()).map(({ detail }) => detail));
    expect(bodies(messages).map(({ id }) => id)).toEqual(["a1", "a2", "a3"]);
  });

  test("gets them in the webhook's group, under its deduplication id, with its record and its payload named", async () => {
    const workflow = await inbox({ name: "all" });
    const webhook = item({ id: "b1", group: "acme:42", replay: 3 });
    await workflow.run(webhook);
    const [message] = await workflow.received("all");
    expect(message?.Attributes).toMatchObject({
      MessageGroupId: "acme:42",
      MessageDeduplicationId: deduplicationId(webhook),
    });
    expect(message?.MessageAttributes).toMatchObject({
      RecordKey: { StringValue: webhook.recordKey },
      S3Key: { StringValue: webhook.s3Key },
    });
  });

  test("gets what a transform made", async () => {
    const workflow = await inbox({ name: "all" }, { name: "large", when: "data.total > 10" });
    await workflow.run(
      item({ id: "c1", provider: "shaped", data: '{"amount":2}' }),
      item({ id: "c2", provider: "shaped", data: '{"amount":7}' }),
    );
    expect(bodies(await workflow.received("all"))).toMatchObject([
      { data: { total: 4 } },
      { data: { total: 14 } },
    ]);
    expect(await idsAt(workflow, "large")).toEqual(["c2"]);
  });

  test("gets nothing that a provider's filter keeps off the bus, and no duplicate", async () => {
    const workflow = await inbox({ name: "all" });
    await workflow.run(item({ id: "d1", data: '{"ignore":true}' }), item({ id: "d2" }));
    expect(statuses(await workflow.run(item({ id: "d2" }), item({ id: "d3" })))).toEqual([
      "duplicate",
      "published",
    ]);
    expect(await idsAt(workflow, "all")).toEqual(["d2", "d3"]);
  });

  test("gets nothing of the inbox's own probes", async () => {
    const workflow = await inbox({ name: "all" });
    await workflow.run(item({ id: "e1", provider: "_inbox", type: "inbox.probed" }));
    expect(await idsAt(workflow, "all")).toEqual([]);
    expect(await idsOnBus(workflow)).toEqual(["e1"]);
  });
});

describe("`when`", () => {
  test("decides for each consumer by itself; where it is false for all, the event goes to the bus alone", async () => {
    const workflow = await inbox(
      { name: "billing", when: "provider = 'acme' and $contains(type, 'invoice.')" },
      { name: "large", when: "data.amount > 10" },
    );
    await workflow.run(
      item({ id: "f1", type: "invoice.paid", data: '{"amount":99}' }),
      item({ id: "f2", type: "invoice.sent", data: '{"amount":1}' }),
      item({ id: "f3", type: "order.made", data: '{"amount":1}' }),
    );
    expect(await idsAt(workflow, "billing")).toEqual(["f1", "f2"]);
    expect(await idsAt(workflow, "large")).toEqual(["f1"]);
    expect(await idsOnBus(workflow)).toEqual(["f1", "f2", "f3"]);
  });

  test("sees no data of a payload that travels by reference, and can ask for its reference", async () => {
    const workflow = await inbox(
      { name: "small", when: "data.amount > 10" },
      { name: "any", when: "$exists(dataref) or data.amount > 10" },
    );
    await workflow.run(item({ id: "g1", byReference: true }));
    expect(await idsAt(workflow, "small")).toEqual([]);
    expect(bodies(await workflow.received("any"))).toMatchObject([
      { id: "g1", dataref: "s3://raw-payloads/raw/acme/g1/0" },
    ]);
  });

  test("that fails is the webhook's own failure: those before it go on, those behind it wait", async () => {
    const workflow = await inbox({ name: "strict", when: "$number(data.amount) > 0" }, { name: "all" });
    const answer = await workflow.run(
      item({ id: "h1", data: '{"amount":"1"}' }),
      item({ id: "h2", data: '{"amount":"poison"}' }),
      item({ id: "h3", data: '{"amount":"1"}' }),
    );
    expect(answer).toMatchObject([
      { status: "published" },
      { status: "failed", transient: false, attempts: 1, error: { code: "States.QueryEvaluationError" } },
      { status: "held" },
    ]);
    expect(await idsAt(workflow, "strict")).toEqual(["h1"]);
    expect(await idsAt(workflow, "all")).toEqual(["h1"]);
    expect(await idsOnBus(workflow)).toEqual(["h1"]);
  });
});

describe("a queue that never takes an event", () => {
  const expectUndelivered = async (workflow: Inbox, broken: string, code: string) => {
    const answer = await workflow.run(item({ id: "i1" }), item({ id: "i2" }));
    const undelivered = [{ consumer: broken, error: { code, message: expect.any(String) as string } }];
    const consumers = [broken, "fine"];
    expect(answer).toEqual([
      { status: "published", consumers, undelivered },
      { status: "published", consumers, undelivered },
    ]);
    expect(await idsAt(workflow, "fine")).toEqual(["i1", "i2"]);
    expect(await idsOnBus(workflow)).toEqual(["i1", "i2"]);
    expect(await workflow.record("acme#i1")).toMatchObject({
      status: "published",
      undelivered: new Set([broken]),
    });
  };

  test("since it is gone is noted with the webhook, which reaches the others and the bus", async () => {
    const workflow = await inbox({ name: "gone" }, { name: "fine" });
    await gone(workflow, "gone");
    await expectUndelivered(workflow, "gone", "Sqs.QueueDoesNotExistException");
  });

  test("since access is denied is noted likewise", async () => {
    const workflow = await inbox({ name: "denied" }, { name: "fine" });
    const Statement = [{ Effect: "Deny", Principal: "*", Action: "sqs:SendMessage", Resource: "*" }];
    await setQueue(workflow, "denied", { Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
    await expectUndelivered(workflow, "denied", "Sqs.SqsException");
  });
});

describe("a failure that passes", () => {
  /** SQS rejects messages above this size, and has no error of its own for that. */
  const rejectAbove = (workflow: Inbox, consumer: string, bytes: number) =>
    setQueue(workflow, consumer, { MaximumMessageSize: String(bytes) });
  const batch = ["j1", "j2", "j3"].map((id) =>
    item({ id, data: JSON.stringify({ text: "x".repeat(id === "j2" ? 1_500 : 1) }) }),
  );

  test("publishes and records nothing, and lets nothing overtake what was not sent; the next run sends what is missing", async () => {
    const workflow = await inbox({ name: "fine" }, { name: "failing" });
    await rejectAbove(workflow, "failing", 1_024);
    await expect(workflow.run(...batch)).rejects.toThrow("Sqs.SqsException");
    expect(await idsAt(workflow, "failing")).toEqual(["j1"]);
    expect(await idsOnBus(workflow)).toEqual([]);
    expect(await workflow.record("acme#j1")).toBeUndefined();
    expect(await idsAt(workflow, "fine")).toEqual(["j1", "j2", "j3"]);

    await rejectAbove(workflow, "failing", 262_144);
    expect(statuses(await workflow.run(...batch))).toEqual(["published", "published", "published"]);
    // SQS knows the deduplication ids of what it took before.
    expect(await idsAt(workflow, "failing")).toEqual(["j2", "j3"]);
    expect(await idsAt(workflow, "fine")).toEqual([]);
    expect(await idsOnBus(workflow)).toEqual(["j1", "j2", "j3"]);
  });
});

describe("a failure that passes after more than five minutes", () => {
  test("sends again what other consumers have: they know it by its source, id and replay, and its sequence has not grown", async () => {
    const workflow = await inbox({ name: "fine" }, { name: "failing" });
    await setQueue(workflow, "failing", { MaximumMessageSize: "1024" });
    const webhook = item({ id: "q1", data: JSON.stringify("x".repeat(1_500)) });
    await expect(workflow.run(webhook)).rejects.toThrow("Sqs.SqsException");
    const before = await workflow.received("fine");

    await setQueue(workflow, "failing", { MaximumMessageSize: "262144" });
    // A queue that is made again knows none of the deduplication ids, as one does after five minutes.
    await gone(workflow, "fine");
    await workflow.createQueue("fine");
    await workflow.run(webhook);
    expect(bodies(await workflow.received("fine"))).toEqual(bodies(before));
    expect(before).toHaveLength(1);
    expect(await idsOnBus(workflow)).toEqual(["q1"]);
  });
});

describe("a replay to one consumer", () => {
  const replay = { replay: 1, only: "billing" };

  test("reaches it alone, once, and leaves what is known of the publishing as it is", async () => {
    const workflow = await inbox({ name: "billing" }, { name: "crm" });
    await workflow.run(item({ id: "k1" }));
    const before = await workflow.record("acme#k1");
    for (const consumer of ["billing", "crm"]) await workflow.received(consumer);
    await workflow.published();

    expect(await workflow.run(item({ id: "k1", ...replay }))).toEqual([
      { status: "published", consumers: ["billing"] },
    ]);
    expect(await workflow.run(item({ id: "k1", ...replay }))).toEqual([{ status: "duplicate" }]);
    expect(bodies(await workflow.received("billing"))).toMatchObject([{ id: "k1", replay: 1 }]);
    expect(await idsAt(workflow, "crm")).toEqual([]);
    expect(await idsOnBus(workflow)).toEqual([]);
    const { doneReplay, publishedAt, doneOnly } = (await workflow.record("acme#k1")) ?? {};
    expect({ doneReplay, publishedAt }).toEqual({
      doneReplay: before?.doneReplay,
      publishedAt: before?.publishedAt,
    });
    expect(doneOnly).toBe(1);
  });

  test("is not the webhook: one that was not published before keeps its status, and still is when it comes", async () => {
    const workflow = await inbox({ name: "billing" });
    await workflow.run(item({ id: "l1", ...replay }));
    expect(await workflow.record("acme#l1")).toMatchObject({ status: "received" });
    expect(statuses(await workflow.run(item({ id: "l1" })))).toEqual(["published"]);
    expect(await idsOnBus(workflow)).toEqual(["l1"]);
  });

  test("among other webhooks keeps its place and theirs", async () => {
    const workflow = await inbox({ name: "billing" });
    const answer = await workflow.run(item({ id: "m1" }), item({ id: "m2", ...replay }), item({ id: "m3" }));
    expect(statuses(answer)).toEqual(["published", "published", "published"]);
    expect(await idsAt(workflow, "billing")).toEqual(["m1", "m2", "m3"]);
    expect(await idsOnBus(workflow)).toEqual(["m1", "m3"]);
  });

  test("sends nothing that its `when` does not want", async () => {
    const workflow = await inbox({ name: "billing", when: "type = 'invoice.paid'" });
    expect(await workflow.run(item({ id: "n1", ...replay }))).toEqual([{ status: "published" }]);
    expect(await idsAt(workflow, "billing")).toEqual([]);
  });

  test("takes it off the list of those that the webhook did not reach, or puts it there", async () => {
    const workflow = await inbox({ name: "billing" }, { name: "crm" });
    const both = new Set(["billing", "crm"]);
    await workflow.put("acme#o1", { undelivered: both });
    await workflow.run(item({ id: "o1", ...replay }));
    expect((await workflow.record("acme#o1"))?.undelivered).toEqual(new Set(["crm"]));
    await gone(workflow, "billing");
    await workflow.run(item({ id: "o1", replay: 2, only: "billing" }));
    expect((await workflow.record("acme#o1"))?.undelivered).toEqual(both);
  });
});
