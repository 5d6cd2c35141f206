import { toInput } from "../../functions/adapters/workflow";
import { startEmulator, type Emulator } from "../../local/emulator";
import { item, workflowIn } from "../support/workflow";

jest.setTimeout(60_000);

let emulator: Emulator;
let workflow: Awaited<ReturnType<typeof workflowIn>>;
beforeAll(async () => {
  emulator = await startEmulator();
  workflow = await workflowIn(emulator, [
    {
      name: "acme",
      filter: "data.ignore ? false : true",
      transform: "data.poison ? $error('this one is poison') : data.empty ? data.nothing : { 'n': data.n }",
    },
    { name: "plain" },
    { name: "keyed", orderingKey: "account" },
    { name: "marked", orderingKey: "account", markOutOfOrder: true },
  ]);
}, 120_000);
afterAll(() => emulator?.stop());
beforeEach(async () => void (await workflow.published()));

const ids = async () => (await workflow.published()).map(({ detail }) => detail.id);
const statuses = (outcomes: readonly { status: string }[]) => outcomes.map(({ status }) => status);
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
const HOUR = 3_600_000;

describe("a batch of good ones", () => {
  test("is published in its order and recorded, one outcome for each", async () => {
    const batch = ["a1", "a2", "a3"].map((id) => item({ id, provider: "plain" }));
    expect(await workflow.run(...batch)).toEqual(batch.map(() => ({ status: "published" })));
    expect(await ids()).toEqual(["a1", "a2", "a3"]);
    for (const { recordKey, id } of batch) {
      const record = await workflow.record(recordKey);
      expect(record).toMatchObject({ status: "published", eventId: id, replay: 0 });
      expect(record).toHaveProperty("publishedAt");
      expect(record).toHaveProperty("executionArn");
    }
  });

  test("of one webhook gives one outcome", async () => {
    expect(await workflow.run(item({ id: "alone" }))).toEqual([{ status: "published" }]);
    expect(await ids()).toEqual(["alone"]);
  });

  test("becomes CloudEvents that hold the payload's own text", async () => {
    const data = '{"big":12345678901234567890,"text":"\\u00e9\\"}"}';
    const webhook = item({
      id: "ce",
      provider: "plain",
      time: "2026-01-02T03:04:05Z",
      data,
      sequence: "42",
    });
    await workflow.run(webhook);
    const [event] = await workflow.published();
    expect(event).toMatchObject({ source: "webhook.plain", "detail-type": "thing.made" });
    expect(event?.detail).toEqual({
      specversion: "1.0",
      id: "ce",
      source: "webhook.plain",
      type: "thing.made",
      time: "2026-01-02T03:04:05Z",
      datacontenttype: "application/json",
      provider: "plain",
      receivedat: "2026-01-01T00:00:00.000Z",
      replay: 0,
      sequence: "42",
      encodedtype: "thing.made",
      data: JSON.parse(data) as unknown,
    });
  });

  test("carries its type once more in a form that needs no escaping in JSON", async () => {
    const type = 'App\\Paid "100%"\t<now>\r\n';
    await workflow.run(item({ id: "typed", type }));
    const [event] = await workflow.published();
    expect(event?.detail).toMatchObject({ type, encodedtype: "App%5CPaid %22100%25%22%09%3Cnow>%0D%0A" });
  });

  test("that travels by reference names the object, and is neither filtered nor transformed", async () => {
    expect(await workflow.run(item({ id: "ref", byReference: true }))).toEqual([{ status: "published" }]);
    const [event] = await workflow.published();
    expect(event?.detail).toMatchObject({ dataref: "s3://raw-payloads/raw/acme/ref/0" });
    expect(event?.detail).not.toHaveProperty("data");
  });
});

describe("the records of what is done", () => {
  const error = { code: "E", message: "no" };
  const claimed = {
    status: "failed",
    receivedAt: "2026-01-01T00:00:00.000Z",
    unresolved: "failed#1",
    error,
  } as const;
  /** The states that an execution goes through. */
  const statesOf = async (execution: Promise<unknown>) => {
    const before = [...workflow.entered];
    workflow.entered.clear();
    await execution;
    const states = [...workflow.entered];
    for (const state of before) workflow.entered.add(state);
    return states;
  };

  test("that the claim made are updated without a transaction, and keep what the claim wrote", async () => {
    const batch = ["u1", "u2"].map((id) => item({ id, provider: "plain" }));
    for (const { recordKey } of batch) await workflow.put(recordKey, claimed);
    expect(await statesOf(workflow.run(...batch))).not.toContain("RecordStatuses");
    for (const { recordKey, id } of batch) {
      const record = await workflow.record(recordKey);
      expect(record).toMatchObject({
        status: "published",
        eventId: id,
        doneReplay: 0,
        receivedAt: claimed.receivedAt,
      });
      expect(record).not.toHaveProperty("error");
      expect(record).not.toHaveProperty("unresolved");
    }
  });

  test("of which one is missing are all written by the transaction, which makes that one", async () => {
    const batch = ["u3", "u4"].map((id) => item({ id, provider: "plain" }));
    await workflow.put(batch[0]?.recordKey ?? "", claimed);
    expect(await statesOf(workflow.run(...batch))).toContain("RecordStatuses");
    for (const { recordKey, id } of batch)
      expect(await workflow.record(recordKey)).toMatchObject({ status: "published", eventId: id });
    expect(await workflow.record(batch[1]?.recordKey ?? "")).toHaveProperty("receivedAt");
  });
});

describe("an event that is older, by its provider's clock, than one before it in its group", () => {
  const at = (id: string, second: number, group: string) =>
    item({ id, provider: "plain", group, time: `2026-01-02T03:04:${String(second).padStart(2, "0")}.000Z` });
  const marks = async () =>
    (await workflow.published()).map(({ detail }) => [detail.id, detail["outoforder"] ?? false]);

  test("says so: within a batch, and after batches before it", async () => {
    await workflow.run(at("o1", 10, "o"), at("o2", 30, "o"), at("o3", 20, "o"), at("o4", 30, "o"));
    await workflow.run(at("o5", 20, "o"));
    await workflow.run(at("o6", 40, "o"), item({ id: "o7", provider: "plain", group: "o" }));
    await workflow.run(at("o8", 35, "o"));
    expect(await marks()).toEqual([
      ["o1", false],
      ["o2", false],
      ["o3", true],
      ["o4", false],
      ["o5", true],
      ["o6", false],
      ["o7", false],
      ["o8", true],
    ]);
  });

  test("is no matter of other groups", async () => {
    await workflow.run(at("p1", 30, "p"));
    await workflow.run(at("q1", 10, "q"));
    expect(await marks()).toEqual([
      ["p1", false],
      ["q1", false],
    ]);
  });

  test("is not measured by one that was not published", async () => {
    const poison = item({ id: "r1", group: "r", time: "2026-01-02T03:04:30.000Z", data: '{"poison":true}' });
    expect(statuses(await workflow.run(poison))).toEqual(["failed"]);
    await workflow.run(at("r2", 10, "r"));
    expect(await marks()).toEqual([["r2", false]]);
  });

  test.each([
    ["keyed", false],
    ["marked", true],
  ])("is marked in the groups of an ordering key only on demand: %s", async (provider, marked) => {
    const batch = [at("t1", 30, `${provider}:a`), at("t2", 10, `${provider}:a`)];
    await workflow.run(...batch.map((one) => ({ ...one, provider, recordKey: `${provider}#${one.id}` })));
    expect(await marks()).toEqual([
      ["t1", false],
      ["t2", marked],
    ]);
    const kept = await workflow.record(`_group#${provider}:a`);
    expect(kept?.newest).toBe(marked ? "2026-01-02T03:04:30.000Z" : undefined);
  });

  test("costs nothing where a provider sends no time", async () => {
    await workflow.run(item({ id: "s1", provider: "plain", group: "s" }));
    expect(await workflow.record("_group#s")).toBeUndefined();
  });
});

describe("what is done already", () => {
  test("is left out, and its record left alone", async () => {
    const batch = [item({ id: "d1" }), item({ id: "d2" })];
    await workflow.run(...batch);
    await workflow.published();
    const before = await workflow.record("acme#d1");
    const answer = await workflow.run(...batch, item({ id: "d3" }));
    expect(statuses(answer)).toEqual(["duplicate", "duplicate", "published"]);
    expect(await ids()).toEqual(["d3"]);
    expect(await workflow.record("acme#d1")).toEqual(before);
  });

  test("a batch of nothing else publishes nothing and records nothing", async () => {
    await workflow.run(item({ id: "d4" }));
    await workflow.published();
    expect(statuses(await workflow.run(item({ id: "d4" })))).toEqual(["duplicate"]);
    expect(await ids()).toEqual([]);
  });

  test("a replay goes through, its repetition does not", async () => {
    await workflow.run(item({ id: "d5" }));
    const replay = item({ id: "d5", replay: 1 });
    expect(statuses(await workflow.run(replay))).toEqual(["published"]);
    expect(statuses(await workflow.run(replay))).toEqual(["duplicate"]);
    expect((await workflow.published()).map(({ detail }) => detail["replay"])).toEqual([0, 1]);
  });

  test("stays done where a replay of it has failed since", async () => {
    await workflow.run(item({ id: "d6", data: '{"n":1}' }));
    await workflow.published();
    const replay = item({ id: "d6", replay: 1, data: '{"poison":true}' });
    expect(statuses(await workflow.run(replay))).toEqual(["failed"]);
    expect(await workflow.record("acme#d6")).toMatchObject({ status: "failed" });
    expect(statuses(await workflow.run(item({ id: "d6", data: '{"n":1}' })))).toEqual(["duplicate"]);
    expect(await ids()).toEqual([]);
  });

  test("counts as new where its record has expired and is not removed yet", async () => {
    const published = { status: "published", doneReplay: 0 } as const;
    await workflow.put("acme#old", { ...published, expiresAt: seconds(Date.now() - HOUR) });
    await workflow.put("acme#young", { ...published, expiresAt: seconds(Date.now() + HOUR) });
    const answer = await workflow.run(item({ id: "old" }), item({ id: "young" }));
    expect(statuses(answer)).toEqual(["published", "duplicate"]);
  });
});

describe("a provider's expressions", () => {
  test("what the filter does not let through is recorded as filtered and not published", async () => {
    const batch = [item({ id: "f1", data: '{"ignore":true}' }), item({ id: "f2" })];
    expect(statuses(await workflow.run(...batch))).toEqual(["filtered", "published"]);
    expect(await ids()).toEqual(["f2"]);
    expect(await workflow.record("acme#f1")).toMatchObject({ status: "filtered" });
  });

  test("the transform's result is the event's data", async () => {
    await workflow.run(item({ id: "t1", data: '{"n":7,"more":true}' }));
    expect((await workflow.published())[0]?.detail.data).toEqual({ n: 7 });
  });
});

describe("a webhook that cannot be enriched", () => {
  const poison = (id: string) => item({ id, data: '{"poison":true}' });

  test("fails by itself: those before it are published, those behind it held", async () => {
    const answer = await workflow.run(
      item({ id: "p1" }),
      poison("p2"),
      item({ id: "p3" }),
      item({ id: "p4" }),
    );
    expect(statuses(answer)).toEqual(["published", "failed", "held", "held"]);
    expect(answer[1]).toMatchObject({
      transient: false,
      attempts: 1,
      error: { code: "States.QueryEvaluationError", message: expect.stringContaining("poison") as string },
    });
    expect(await ids()).toEqual(["p1"]);
    expect(await workflow.record("acme#p2")).toMatchObject({ status: "failed", failures: 1 });
    expect(await workflow.record("acme#p3")).toBeUndefined();
  });

  test("counts its attempts over the executions", async () => {
    const attempts = [];
    for (let run = 0; run < 3; run += 1) attempts.push(...(await workflow.run(poison("p5"))));
    expect(attempts).toMatchObject([{ attempts: 1 }, { attempts: 2 }, { attempts: 3 }]);
    expect(await workflow.record("acme#p5")).toMatchObject({ failures: 3 });
  });

  test("a transform without a value is such a failure, not an event without data", async () => {
    const [outcome] = await workflow.run(item({ id: "p6", data: '{"empty":true}' }));
    expect(outcome).toMatchObject({ status: "failed", transient: false });
    expect(await ids()).toEqual([]);
  });
});

describe("what EventBridge rejects", () => {
  let round = 0;
  const decide = (...entries: readonly Record<string, string>[]) => {
    round += 1;
    return workflow.runAnswered(
      { Entries: entries },
      {
        webhooks: entries.map((_, index) => toInput(item({ id: `e${round}-${index}` }))),
        enriched: entries.map(() => ({ status: "ready", entry: {} })),
        records: {},
        newest: "",
      },
    );
  };

  test("fails alone; its neighbours are published", async () => {
    const throttled = { ErrorCode: "ThrottlingException", ErrorMessage: "slow down" };
    expect(await decide({ EventId: "1" }, throttled, { EventId: "3" })).toMatchObject([
      { status: "published" },
      { status: "failed", transient: true, error: { code: "ThrottlingException", message: "slow down" } },
      { status: "published" },
    ]);
    const records = await Promise.all(["e1-0", "e1-1", "e1-2"].map((id) => workflow.record(`acme#${id}`)));
    expect(records.map((record) => record?.status)).toEqual(["published", "failed", "published"]);
  });

  test("for its content never passes", async () => {
    expect(await decide({ ErrorCode: "MalformedDetail", ErrorMessage: "no JSON" })).toMatchObject([
      { status: "failed", transient: false },
    ]);
  });
});

describe("a table that was read in part", () => {
  test("fails the execution: what was not read must not count as new", async () => {
    const enriched = [{ status: "ready" }];
    const after = (unread: number) => workflow.runState("CheckBatch", { unread, enriched });
    expect(await after(1)).toMatchObject({ nextState: "FailUnread" });
    expect(await after(0)).toMatchObject({ nextState: "PublishRun" });
    expect(await workflow.runState("FailUnread", {})).toMatchObject({
      status: "FAILED",
      error: "RecordsNotRead",
    });
  });
});

test("every state was run above", () => {
  expect(Object.keys(workflow.definition.States).filter((name) => !workflow.entered.has(name))).toEqual([]);
});
