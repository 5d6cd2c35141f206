import { EXECUTION_INPUT_BYTES } from "../../../../functions/domain/chunk";
import type { Failure, GroupPorts } from "../../../../functions/domain/group-ports";
import { readMessage, type Delivery, type ReceivedMessage } from "../../../../functions/domain/message";
import type { PausePorts } from "../../../../functions/domain/pause";
import { processBatch } from "../../../../functions/domain/process";
import {
  OUTAGE_RETRY_AFTER_SECONDS,
  PAUSED_RETRY_AFTER_SECONDS,
  RETRY_AFTER_SECONDS,
  UNPAUSED_RETRY_AFTER_SECONDS,
} from "../../../../functions/domain/retry-after";
import type { Webhook } from "../../../../functions/domain/webhook";
import type { Outcome, WorkflowItem, WorkflowRun } from "../../../../functions/domain/workflow";
import { aWebhook } from "../../../support/a-webhook";

let sequence = 0;
function message(id: string, over: Partial<Delivery> & { webhook?: Partial<Webhook> } = {}): ReceivedMessage {
  const { webhook: fields, body = JSON.stringify(aWebhook(id, fields)), ...rest } = over;
  sequence += 1;
  return {
    messageId: `m-${id}-${sequence}`,
    receiptHandle: `r-${sequence}`,
    body,
    ...readMessage(body),
    group: "acme",
    deduplicationId: `acme:${id}:0`,
    sequence: String(sequence),
    receiveCount: 1,
    receivedAt: "2026-01-01T00:00:00.000Z",
    ...rest,
  };
}

const failed = (over: Partial<Extract<Outcome, { status: "failed" }>> = {}): Outcome => ({
  status: "failed",
  error: { code: "States.QueryEvaluationError", message: "the transform failed" },
  transient: false,
  attempts: 1,
  ...over,
});

const NOT_PAUSED: PausePorts = {
  pauses: { read: async () => new Map() },
  held: {
    add: () => Promise.reject(new Error("nothing is held")),
    begin: () => Promise.reject(new Error("nothing is held")),
    finish: () => Promise.reject(new Error("nothing is held")),
  },
};

/**
 * A workflow that behaves as the real one: fails the poisoned ids with one more try each, holds what is behind the first
 * failed one, leaves out what is published.
 */
function world(options: { poison?: string[]; run?: GroupPorts["workflow"]["run"]; left?: number } = {}) {
  let left = options.left ?? 30_000;
  const executions: string[][] = [];
  const published: string[] = [];
  const deadLetters: { id: string; failure: Failure }[] = [];
  const deadLettered: string[] = [];
  const failures: string[] = [];
  const waits: { ids: string[]; seconds: number }[] = [];
  const sleeps: number[] = [];
  const breaker: string[] = [];
  const attempts = new Map<string, number>();
  const lines: Readonly<Record<string, unknown>>[] = [];

  const run = async (items: readonly WorkflowItem[]): Promise<WorkflowRun> => {
    let behind = false;
    const outcomes = items.map(({ id, replay }): Outcome => {
      const name = replay ? `${id}@${replay}` : id;
      if (options.poison?.includes(id)) {
        behind = true;
        attempts.set(id, (attempts.get(id) ?? 0) + 1);
        return failed({ attempts: attempts.get(id) ?? 0 });
      }
      if (behind) return { status: "held" };
      if (published.includes(name)) return { status: "duplicate" };
      published.push(name);
      return { status: "published" };
    });
    return { status: "succeeded", executionArn: "arn:execution", outcomes };
  };

  const ports: GroupPorts & PausePorts = {
    ...NOT_PAUSED,
    workflow: {
      run: async (items) => {
        executions.push(items.map(({ id }) => id));
        return (options.run ?? run)(items);
      },
    },
    queue: {
      retryAfter: async (messages, seconds) => {
        waits.push({ ids: messages.map(({ body }) => (JSON.parse(body) as Webhook).id), seconds });
      },
    },
    deadLetters: {
      send: async ({ body }, failure) => {
        deadLetters.push({ id: body.startsWith("{") ? (JSON.parse(body) as Webhook).id : body, failure });
      },
    },
    records: {
      recordFailure: async ({ id }) => {
        failures.push(id);
        return failures.filter((other) => other === id).length;
      },
      recordDeadLettered: async ({ id }) => {
        deadLettered.push(id);
        return true;
      },
    },
    breaker: {
      open: async ({ code }) => {
        breaker.push(code);
      },
    },
    maxReceiveCount: 3,
    remainingMs: () => left,
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds);
      left -= milliseconds;
    },
    log: (line) => lines.push(line),
  };
  return {
    ports,
    run,
    executions,
    published,
    deadLetters,
    deadLettered,
    failures,
    waits,
    sleeps,
    breaker,
    lines,
  };
}

const ids = (messages: readonly ReceivedMessage[]) => messages.map(({ messageId }) => messageId);

describe("a group of the batch", () => {
  test("is published in order by one execution", async () => {
    const { ports, executions, published } = world();
    const batch = ["a", "b", "c"].map((id) => message(id));
    expect(await processBatch(batch, ports)).toEqual([]);
    expect(executions).toEqual([["a", "b", "c"]]);
    expect(published).toEqual(["a", "b", "c"]);
  });

  test("names each consumer that a published webhook did not reach in a line of its own", async () => {
    const error = { code: "Sqs.QueueDoesNotExistException", message: "It is gone." };
    const undelivered = ["billing", "crm"].map((consumer) => ({ consumer, error }));
    const { ports, lines } = world({
      run: async () => ({
        status: "succeeded",
        executionArn: "arn:execution",
        outcomes: [{ status: "published", undelivered }, { status: "published" }],
      }),
    });
    expect(await processBatch([message("a"), message("b")], ports)).toEqual([]);
    const about = { provider: "acme", id: "a", replay: 0, executionArn: "arn:execution", error };
    expect(lines.filter(({ event }) => event === "webhook.undelivered")).toEqual(
      ["billing", "crm"].map((consumer) =>
        expect.objectContaining({ event: "webhook.undelivered", consumer, ...about }),
      ),
    );
  });

  test("goes on beside another group that fails", async () => {
    const { ports, published } = world({ poison: ["x"], left: 5_000 });
    const [a, x, b, c] = [
      message("a", { group: "one" }),
      message("x", { group: "two" }),
      message("b", { group: "one" }),
      message("c", { group: "two" }),
    ] as const;
    expect(await processBatch([a, x, b, c], ports)).toEqual(ids([x, c]));
    expect(published).toEqual(["a", "b"]);
  });

  test("is cut where an execution's input would grow too large", async () => {
    const { ports, executions } = world();
    const data = "x".repeat(EXECUTION_INPUT_BYTES * 0.4);
    const batch = ["a", "b", "c", "d"].map((id) => message(id, { webhook: { data } }));
    expect(await processBatch(batch, ports)).toEqual([]);
    expect(executions).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  test("passes the receive time and the sequence number on", async () => {
    let seen: readonly WorkflowItem[] = [];
    const { ports, run } = world();
    const spy = {
      ...ports,
      workflow: { run: (items: readonly WorkflowItem[]) => ((seen = items), run(items)) },
    };
    const one = message("a", { receivedAt: "2026-02-03T04:05:06.000Z", sequence: "188" });
    await processBatch([one], spy);
    expect(seen).toEqual([
      {
        ...aWebhook("a"),
        recordKey: "acme#a",
        group: "acme",
        receivedAt: "2026-02-03T04:05:06.000Z",
        sequence: "188",
      },
    ]);
  });
});

describe("a webhook twice in one batch", () => {
  test("is published once, and both messages are done", async () => {
    const { ports, executions, published } = world();
    expect(await processBatch([message("a"), message("b"), message("a")], ports)).toEqual([]);
    expect(executions).toEqual([["a", "b"]]);
    expect(published).toEqual(["a", "b"]);
  });

  test("comes back whole where its first did not make it", async () => {
    const { ports } = world({ poison: ["a"], left: 5_000 });
    const batch = [message("a"), message("b"), message("a")];
    expect(await processBatch(batch, ports)).toEqual(ids(batch));
  });

  test("is dead-lettered once where it is poison", async () => {
    const { ports, deadLetters, published } = world({ poison: ["a"] });
    const batch = [message("a"), message("b"), message("a")].map((m) => ({ ...m, receiveCount: 3 }));
    expect(await processBatch(batch, ports)).toEqual([]);
    expect(deadLetters.map(({ id }) => id)).toEqual(["a"]);
    expect(published).toEqual(["b"]);
  });

  test("is published again as a deliberate replay, in an execution of its own", async () => {
    const { ports, executions, published } = world();
    expect(await processBatch([message("a"), message("a", { webhook: { replay: 1 } })], ports)).toEqual([]);
    expect(executions).toEqual([["a"], ["a"]]);
    expect(published).toEqual(["a", "a@1"]);
  });
});

describe("a webhook that cannot be processed", () => {
  test("is tried three times, seconds apart, then dead-lettered with its reason; those behind it go on in order", async () => {
    const { ports, executions, published, deadLetters, deadLettered, sleeps, waits } = world({
      poison: ["b"],
    });
    const batch = ["a", "b", "c", "d"].map((id) => message(id));
    expect(await processBatch(batch, ports)).toEqual([]);
    expect(executions.filter((items) => items.includes("b"))).toHaveLength(3);
    expect(sleeps).toHaveLength(2);
    expect(Math.min(...sleeps)).toBeGreaterThanOrEqual(1_000);
    expect(waits).toEqual([]);
    expect(deadLetters).toEqual([
      {
        id: "b",
        failure: {
          error: { code: "States.QueryEvaluationError", message: "the transform failed" },
          executionArn: "arn:execution",
          attempts: 3,
        },
      },
    ]);
    expect(deadLettered).toEqual(["b"]);
    expect(published).toEqual(["a", "c", "d"]);
  });

  test("stops its group where time is short: it and those behind come back soon, in order", async () => {
    const { ports, published, waits, deadLetters } = world({ poison: ["b"], left: 5_000 });
    const [a, b, c] = [message("a"), message("b"), message("c")] as const;
    expect(await processBatch([a, b, c], ports)).toEqual(ids([b, c]));
    expect(published).toEqual(["a"]);
    expect(waits).toEqual([{ ids: ["b", "c"], seconds: RETRY_AFTER_SECONDS }]);
    expect(deadLetters).toEqual([]);
  });

  test("is dead-lettered with fewer attempts where time is short at the last receive, so that nobody goes along", async () => {
    const { ports, published, deadLetters } = world({ poison: ["a"], left: 5_000 });
    const batch = [message("a", { receiveCount: 3 }), message("b", { receiveCount: 3 })];
    expect(await processBatch(batch, ports)).toEqual([]);
    expect(deadLetters.map(({ failure }) => failure.attempts)).toEqual([1]);
    expect(published).toEqual(["b"]);
  });

  test("takes none of ten poisonous neighbours or healthy ones with it", async () => {
    const { ports, published, deadLetters } = world({ poison: ["p1", "p2", "p3"] });
    const batch = ["a", "p1", "p2", "b", "p3", "c"].map((id) => message(id, { receiveCount: 3 }));
    expect(await processBatch(batch, ports)).toEqual([]);
    expect(published).toEqual(["a", "b", "c"]);
    expect(deadLetters.map(({ id }) => id)).toEqual(["p1", "p2", "p3"]);
  });

  test("takes nobody along where the dead-letter queue is away for a moment", async () => {
    const { ports, published, deadLetters } = world({ poison: ["a"] });
    const send = jest.fn(ports.deadLetters.send).mockRejectedValueOnce(new Error("throttled"));
    const batch = [message("a", { receiveCount: 3 }), message("b", { receiveCount: 3 })];
    expect(await processBatch(batch, { ...ports, deadLetters: { send } })).toEqual([]);
    expect(deadLetters.map(({ id }) => id)).toEqual(["a"]);
    expect(published).toEqual(["b"]);
  });

  test("is left to the queue's redrive where the dead-letter queue takes it in no way, and nobody goes with it", async () => {
    const { ports, deadLettered, published } = world({ poison: ["a"] });
    let left = 30_000;
    const broken: typeof ports = {
      ...ports,
      deadLetters: { send: () => Promise.reject(new Error("down")) },
      remainingMs: () => left,
      sleep: async (milliseconds) => {
        left -= milliseconds;
      },
    };
    const batch = [message("a", { receiveCount: 3 }), message("b", { receiveCount: 3 })];
    expect(await processBatch(batch, broken)).toEqual(ids(batch.slice(0, 1)));
    expect(deadLettered).toEqual([]);
    expect(published).toEqual(["b"]);
  });

  test("is dead-lettered with a fixed reason where its own is rejected, beside nine healthy ones", async () => {
    const { ports, deadLetters, published, deadLettered } = world({ poison: ["a"] });
    const send = jest.fn(ports.deadLetters.send).mockImplementation(async (message, failure) => {
      if (failure.error.message === "the transform failed") throw new Error("InvalidMessageContents");
      return ports.deadLetters.send(message, failure);
    });
    const healthy = Array.from({ length: 9 }, (_, index) => `h${index}`);
    const batch = ["a", ...healthy].map((id) => message(id, { receiveCount: 3 }));
    expect(await processBatch(batch, { ...ports, deadLetters: { send } })).toEqual([]);
    expect(deadLetters.map(({ id, failure }) => [id, failure.error.code])).toEqual([["a", "ReasonNotKept"]]);
    expect(deadLettered).toEqual(["a"]);
    expect(published).toEqual(healthy);
  });

  test("counts as done once it is dead-lettered, also where its record cannot be written", async () => {
    const { ports } = world({ poison: ["a"] });
    const records = { ...ports.records, recordDeadLettered: () => Promise.reject(new Error("down")) };
    expect(await processBatch([message("a", { receiveCount: 3 })], { ...ports, records })).toEqual([]);
  });

  test("is a message without a webhook: dead-lettered at once, and the ones around it go on", async () => {
    const { ports, published, deadLetters, sleeps } = world();
    const batch = [message("a"), message("x", { body: "not JSON" }), message("b")];
    expect(await processBatch(batch, ports)).toEqual([]);
    expect(sleeps).toEqual([]);
    expect(published).toEqual(["a", "b"]);
    expect(deadLetters.map(({ failure }) => failure.error.code)).toEqual(["UnreadableMessage"]);
  });
});

describe("an execution that failed as a whole", () => {
  test("is not taken for success because it was answered", async () => {
    const run = async (): Promise<WorkflowRun> => ({
      status: "failed",
      executionArn: "arn:execution",
      error: { code: "States.Timeout", message: "" },
    });
    const { ports, failures } = world({ run });
    const batch = [message("a"), message("b")];
    expect(await processBatch(batch, ports)).toEqual(ids(batch));
    expect(failures).toEqual(["a"]);
  });

  test("is run again one by one, so that the one that caused it stands alone", async () => {
    const { ports, run, executions, published, deadLetters } = world();
    const tooLarge = async (items: readonly WorkflowItem[]): Promise<WorkflowRun> =>
      items.some(({ id }) => id === "b")
        ? {
            status: "failed",
            executionArn: "arn:execution",
            error: { code: "States.DataLimitExceeded", message: "too large" },
          }
        : run(items);
    const counting = {
      ...ports,
      workflow: {
        run: (items: readonly WorkflowItem[]) => (
          executions.push(items.map(({ id }) => id)),
          tooLarge(items)
        ),
      },
    };
    const batch = ["a", "b", "c"].map((id) => message(id));
    expect(await processBatch(batch, counting)).toEqual([]);
    expect(executions.slice(0, 3)).toEqual([["a", "b", "c"], ["a"], ["b"]]);
    expect(published).toEqual(["a", "c"]);
    expect(deadLetters.map(({ id, failure }) => [id, failure.error.code])).toEqual([
      ["b", "States.DataLimitExceeded"],
    ]);
  });

  test("or gave no outcome for a webhook leaves that one in the queue", async () => {
    const { ports } = world({
      run: async () => ({ status: "succeeded", executionArn: "arn", outcomes: [{ status: "published" }] }),
    });
    const [a, b] = [message("a"), message("b")] as const;
    expect(await processBatch([a, b], ports)).toEqual(ids([b]));
  });
});

/** Time passes only in calls; each takes as long as its limit says, or as it says itself. */
function clocked(takes: (ids: readonly string[]) => number) {
  let now = 0;
  const fake = world();
  const spend = (milliseconds: number, limit: { readonly timeoutMs: number } | undefined) => {
    const timeoutMs = limit?.timeoutMs ?? 22_000;
    now += Math.min(milliseconds, timeoutMs);
    return milliseconds < timeoutMs;
  };
  const invoke = async (messages: readonly ReceivedMessage[]) => {
    now = 0;
    const back = await processBatch(messages, ports);
    return { back, endedAt: now };
  };
  const ports: GroupPorts & PausePorts = {
    ...NOT_PAUSED,
    ...fake.ports,
    workflow: {
      run: async (items, limit) => {
        const ids = items.map(({ id }) => id);
        if (spend(Math.min(20_000, takes(ids)), limit) && takes(ids) < 20_000) return fake.run(items);
        return { status: "failed", error: { code: "States.Timeout", message: "too slow" } };
      },
    },
    remainingMs: () => 30_000 - now,
    sleep: async (milliseconds) => void (now += milliseconds),
  };
  const hanging: typeof ports = {
    ...ports,
    queue: {
      retryAfter: async (_, __, limit) => {
        spend(Infinity, limit);
        throw new Error("timed out");
      },
    },
    deadLetters: {
      send: async (_, __, limit) => {
        spend(Infinity, limit);
        throw new Error("timed out");
      },
    },
    records: {
      recordFailure: async (_, __, ___, limit) => {
        spend(Infinity, limit);
        throw new Error("timed out");
      },
      recordDeadLettered: async (_, __, limit) => {
        spend(Infinity, limit);
        throw new Error("timed out");
      },
    },
    breaker: {
      open: async () => {
        spend(2_500, undefined);
        throw new Error("timed out");
      },
    },
  };
  return {
    ...fake,
    invoke,
    invokeHanging: async (messages: readonly ReceivedMessage[]) => {
      now = 0;
      await processBatch(messages, hanging);
      return now;
    },
  };
}

describe("whatever hangs, an invocation answers before Lambda ends it", () => {
  const batchOf = (size: number, receiveCount: number) =>
    Array.from({ length: size }, (_, index) => message(`h${index}`, { receiveCount }));

  test.each([
    [1, 1],
    [2, 1],
    [10, 1],
    [10, 2],
    [10, 3],
  ])("every service, with a batch of %i at receive %i", async (size, receiveCount) => {
    const { invokeHanging, deadLetters } = clocked(() => Infinity);
    expect(await invokeHanging(batchOf(size, receiveCount))).toBeLessThan(30_000);
    expect(deadLetters).toEqual([]);
  });

  test.each([1, 3, 5, 15])("executions of %i s each, at every receive", async (seconds) => {
    for (const receiveCount of [1, 2, 3]) {
      const { invoke } = clocked(() => seconds * 1_000);
      expect((await invoke(batchOf(10, receiveCount))).endedAt).toBeLessThan(30_000);
    }
  });

  test("a batch that timed out is not run again in the same receive", async () => {
    const { invoke, waits } = clocked(() => Infinity);
    const batch = batchOf(10, 1);
    expect((await invoke(batch)).back).toEqual(ids(batch));
    expect(waits.map(({ seconds }) => seconds)).toEqual([OUTAGE_RETRY_AFTER_SECONDS]);
  });
});

describe("a webhook on which a filter or a transform takes too long", () => {
  /** The receives of one group, until nothing of it is left. */
  async function receives(slow: readonly string[], all: readonly string[]) {
    const fake = clocked((running) => (running.some((id) => slow.includes(id)) ? Infinity : 200));
    let rest: readonly ReceivedMessage[] = all.map((id) => message(id));
    for (let receiveCount = 1; receiveCount <= 3 && rest.length > 0; receiveCount += 1) {
      const { back, endedAt } = await fake.invoke(rest.map((one) => ({ ...one, receiveCount })));
      expect(endedAt).toBeLessThan(30_000);
      rest = rest.filter(({ messageId }) => back.includes(messageId));
    }
    return { ...fake, rest };
  }
  const ten = Array.from({ length: 10 }, (_, index) => `m${index}`);

  test.each([[["m0"]], [["m5"]], [["m9"]], [["m0", "m1"]], [["m3", "m8"]]])(
    "%j is dead-lettered alone, and no provider is paused",
    async (slow) => {
      const { deadLetters, published, breaker, rest } = await receives(slow, ten);
      expect(deadLetters.map(({ id }) => id)).toEqual(slow);
      expect(deadLetters.map(({ failure }) => failure.error.code)).toEqual(slow.map(() => "States.Timeout"));
      expect(published.filter((id) => id.startsWith("m"))).toEqual(ten.filter((id) => !slow.includes(id)));
      expect(breaker).toEqual([]);
      expect(rest).toEqual([]);
    },
  );

  test("is distinguished from an outage by an event of the inbox's own, which does not go through then", async () => {
    const { invoke, deadLetters, breaker } = clocked(() => Infinity);
    const alone = [message("a", { receiveCount: 2 })];
    expect((await invoke(alone)).back).toEqual(ids(alone));
    expect(deadLetters).toEqual([]);
    expect(breaker).toEqual(["States.Timeout"]);
  });
});

describe("an outage of a service", () => {
  const outage = () => Promise.reject(new Error("connect ECONNREFUSED"));

  test("makes the group wait at the first receive; that may be all", async () => {
    const { ports, waits, deadLetters, breaker } = world({ run: outage });
    const batch = [message("a"), message("b")];
    expect(await processBatch(batch, ports)).toEqual(ids(batch));
    expect(waits).toEqual([{ ids: ["a", "b"], seconds: OUTAGE_RETRY_AFTER_SECONDS }]);
    expect(deadLetters).toEqual([]);
    expect(breaker).toEqual([]);
  });

  test("opens the breaker at the receive before the last, which another failure would use up", async () => {
    const { ports, waits, breaker } = world({ run: outage });
    const batch = [message("a", { receiveCount: 2 }), message("b", { receiveCount: 2 })];
    expect(await processBatch(batch, ports)).toEqual(ids(batch));
    expect(breaker).toEqual(["WorkflowUnavailable"]);
    expect(waits).toEqual([{ ids: ["a", "b"], seconds: PAUSED_RETRY_AFTER_SECONDS }]);
  });

  test("of Lambda, too, so that the breaker cannot be reached, is waited out for longer", async () => {
    const { ports, waits, lines } = world({ run: outage });
    const broken = { ...ports, breaker: { open: () => Promise.reject(new Error("down")) } };
    await processBatch([message("a", { receiveCount: 2 })], broken);
    expect(waits).toEqual([{ ids: ["a"], seconds: UNPAUSED_RETRY_AFTER_SECONDS }]);
    expect(lines.map(({ event }) => event)).toContain("breaker.open_failed");
  });

  test("is not what a poison webhook is: that opens no breaker", async () => {
    const { ports, breaker, deadLetters } = world({ poison: ["x"] });
    for (const receiveCount of [1, 2, 3]) await processBatch([message("x", { receiveCount })], ports);
    expect(deadLetters).not.toEqual([]);
    expect(breaker).toEqual([]);
  });

  test("dead-letters nothing at the last receive, and tries again while there is time", async () => {
    let left = 14_000;
    const { ports, deadLetters, executions } = world({ run: outage });
    const timed = {
      ...ports,
      remainingMs: () => left,
      sleep: async (milliseconds: number) => {
        left -= milliseconds;
      },
    };
    const batch = [message("a", { receiveCount: 3 })];
    expect(await processBatch(batch, timed)).toEqual(ids(batch));
    expect(executions.length).toBeGreaterThan(2);
    expect(deadLetters).toEqual([]);
  });

  test("of one entry on the bus holds what is behind it", async () => {
    const { ports } = world({
      run: async () => ({
        status: "succeeded",
        executionArn: "arn",
        outcomes: [
          { status: "published" },
          failed({ transient: true, error: { code: "ThrottlingException", message: "" } }),
          { status: "published" },
        ],
      }),
    });
    const [a, b, c] = [message("a"), message("b"), message("c")] as const;
    expect(await processBatch([a, b, c], ports)).toEqual(ids([b, c]));
  });

  test("of the queue itself leaves the wait to its visibility timeout", async () => {
    const { ports, lines } = world({ run: outage });
    const broken = { ...ports, queue: { retryAfter: () => Promise.reject(new Error("down")) } };
    const batch = [message("a")];
    expect(await processBatch(batch, broken)).toEqual(ids(batch));
    expect(lines.map(({ event }) => event)).toContain("queue.retry_after_failed");
  });
});
