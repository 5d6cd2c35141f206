import { groupOf } from "../../../../inbox/stored-payload";
import { begunAt, newRun, replay, type ReplayPorts } from "../../../../inbox/operations/replay";
import { claimFor } from "../../../../inbox/records/claim";
import type { ReplayState } from "../../../../inbox/records/record";
import type { StoredWebhook } from "../../../../inbox/records/select";
import type { QueueMessage } from "../../../../functions/domain/ingest-ports";
import { INLINE_LIMIT_BYTES } from "../../../../functions/domain/webhook";

const NONE: ReplayState = { replay: 0, lastReplay: 0, replays: [] };

describe("a run's id", () => {
  test("holds when it began, so that a duration means the same when it is run again", () => {
    const now = Date.parse("2026-01-02T03:04:05.000Z");
    expect(begunAt(newRun(now), now + 1e9)).toBe(now);
  });

  test("of one's own choice begins now", () => {
    expect(begunAt("monday", 42)).toBe(42);
  });

  test.each(["", "a b", "a:b", "x".repeat(65)])("is rejected: %j", (run) => {
    expect(() => begunAt(run, 0)).toThrow("run id");
  });
});

const stored = (id: string, over: Partial<StoredWebhook> = {}): StoredWebhook => ({
  provider: "stripe",
  id,
  type: "invoice.paid",
  contentType: "application/json",
  size: 10,
  s3Key: `raw/stripe/${id}/x`,
  group: "stripe",
  receivedAt: "2026-01-02T03:04:05.678Z",
  ...over,
});

/** Records, payloads and a queue in memory; fails from the n-th call on. */
function world(bodies: Readonly<Record<string, string>> = {}) {
  const states = new Map<string, ReplayState>();
  const sent: QueueMessage[] = [];
  const removed: [string, number][] = [];
  let calls = 0;
  let dieAt = Infinity;
  const step = <T>(effect: () => T): Promise<T> => {
    if (calls >= dieAt) return Promise.reject(new Error("died"));
    calls += 1;
    return Promise.resolve(effect());
  };
  const ports: ReplayPorts = {
    records: {
      claim: ({ id }, run) =>
        step(() => {
          const before = states.get(id) ?? NONE;
          const claim = claimFor(before, run);
          if (claim.state === "new") {
            states.set(id, {
              ...before,
              lastReplay: claim.replay,
              replays: [...before.replays, `${claim.replay}:${run}`],
            });
          }
          return claim;
        }),
    },
    payloads: {
      read: (key) =>
        step(() => ({ body: Buffer.from(bodies[key] ?? '{"n":1}'), contentType: "application/json" })),
      assertStored: () => step(() => undefined),
    },
    provider: () => undefined,
    queue: { send: (message) => step(() => void sent.push(message)) },
    removeDeadLetters: (replays) =>
      step(() => {
        removed.push(...replays);
        return replays.size;
      }),
  };
  const signal = new AbortController().signal;
  return {
    sent,
    removed,
    states,
    dieAt: (number: number) => (dieAt = calls + number),
    run: (webhooks: readonly StoredWebhook[], run = "run", consumer?: string) =>
      replay({ run, webhooks, rate: 1e6, signal, onSent: () => undefined, consumer }, ports),
  };
}

describe("a replay", () => {
  test("sends the message that the ingestion function would send, with its number and its own deduplication id", async () => {
    const { run, sent } = world({ "raw/stripe/evt_1/x": '{"n":1.10}' });
    await run([stored("evt_1", { time: "2026-01-01T00:00:00.000Z", group: "stripe:cus_1" })]);
    expect(sent).toEqual([
      {
        webhook: {
          provider: "stripe",
          id: "evt_1",
          type: "invoice.paid",
          time: "2026-01-01T00:00:00.000Z",
          contentType: "application/json",
          size: 10,
          s3Key: "raw/stripe/evt_1/x",
          replay: 1,
          data: '{"n":1.10}',
        },
        group: "stripe:cus_1",
        deduplicationId: "stripe:evt_1:1",
        receivedAt: Date.parse("2026-01-02T03:04:05.678Z"),
      },
    ]);
  });

  test("leaves out the data above the inline limit, measured as it travels", async () => {
    const quotes = JSON.stringify('"'.repeat(INLINE_LIMIT_BYTES / 4));
    const { run, sent } = world({ "raw/stripe/quotes/x": quotes });
    await run([stored("large", { size: INLINE_LIMIT_BYTES + 1 }), stored("quotes", { size: quotes.length })]);
    expect(sent.map(({ webhook }) => [webhook.id, webhook.data])).toEqual([
      ["large", undefined],
      ["quotes", undefined],
    ]);
  });

  test.each(Array.from({ length: 10 }, (_, index) => index))(
    "that dies after %i calls and is run again gives each webhook one number and misses none",
    async (calls) => {
      const webhooks = ["a", "b", "c"].map((id) => stored(id));
      const { run, dieAt, sent } = world();
      dieAt(calls);
      await run(webhooks);
      dieAt(Infinity);
      expect(await run(webhooks)).toMatchObject({ failed: [], left: [] });
      const distinct = [...new Set(sent.map(({ deduplicationId }) => deduplicationId))];
      expect(distinct).toEqual(["stripe:a:1", "stripe:b:1", "stripe:c:1"]);
    },
  );

  test("skips what this run has done, and counts it", async () => {
    const { run, sent, states } = world();
    states.set("a", { replay: 1, lastReplay: 1, replays: ["1:run"] });
    states.set("b", { replay: 1, lastReplay: 1, replays: ["1:run"] });
    const seen = stored("a", { state: { replay: 1, lastReplay: 1, replays: ["1:run"] } });
    expect(await run([seen, stored("b"), stored("c")])).toMatchObject({ replayed: 1, doneBefore: 2 });
    expect(sent.map(({ webhook }) => webhook.id)).toEqual(["c"]);
  });

  test("removes the dead letters only once their replays are in the queue, also if it died before that", async () => {
    const webhooks = [
      stored("dead", { status: "dead_lettered", deadLetteredAt: "2026-01-02T03:05:00.000Z" }),
      stored("fine", { status: "published" }),
    ];
    const { run, dieAt, sent, removed, states } = world();
    // Two payloads, two claims, two messages.
    dieAt(6);
    expect((await run(webhooks)).deadLetters).toEqual({ removed: 0, error: new Error("died") });
    expect([sent.length, removed]).toEqual([2, []]);

    dieAt(Infinity);
    states.set("dead", { replay: 1, lastReplay: 1, replays: ["1:run"] });
    const decided = { status: "published", state: { replay: 1, lastReplay: 1, replays: ["1:run"] } } as const;
    const again = await run(webhooks.map((webhook) => ({ ...webhook, ...decided })));
    expect(again).toMatchObject({ replayed: 0, doneBefore: 2, deadLetters: { removed: 1 } });
    expect(removed).toEqual([["stripe#dead", 1]]);
  });

  test("to one consumer says so in the message, and takes the place of no dead letter", async () => {
    const { run, sent, removed } = world();
    const dead = stored("dead", { status: "dead_lettered", deadLetteredAt: "2026-01-02T03:05:00.000Z" });
    expect(await run([dead], "run", "billing")).toMatchObject({ replayed: 1, deadLetters: { removed: 0 } });
    expect(sent.map(({ webhook }) => webhook.only)).toEqual(["billing"]);
    expect(removed).toEqual([]);
  });

  test("claims nothing where the payload cannot be had, and leaves those behind it", async () => {
    const { run, dieAt, states } = world();
    dieAt(0);
    const { failed, left, replayed } = await run([stored("a"), stored("b")]);
    expect([failed.length, left.length, replayed, states.size]).toEqual([1, 1, 0, 0]);
  });
});

describe("the message group of a stored payload", () => {
  const body = Buffer.from('{"account":"acct_1"}');
  test.each([
    ["account", "stripe:acct_1"],
    ["missing", "stripe"],
    [undefined, "stripe"],
  ])("by the ordering key %s is %s", (orderingKey, group) => {
    const provider = {
      name: "stripe",
      scheme: "stripe",
      secret: { ssm: "/stripe" },
      ...(orderingKey !== undefined && { orderingKey }),
    };
    expect(groupOf("stripe", provider, { body, contentType: "application/json" })).toBe(group);
  });
});
