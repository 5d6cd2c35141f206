import {
  INBOX,
  pause,
  recover,
  type DeadLetter,
  type DeadLetterFacts,
  type RecoverPorts,
} from "../../../../functions/domain/recover";
import { readMessage } from "../../../../functions/domain/message";
import { aWebhook } from "../../../support/a-webhook";
import type { WorkflowItem, WorkflowRun } from "../../../../functions/domain/workflow";

const NOON = Date.parse("2026-01-01T12:00:00Z");
const REASON = { code: "WorkflowUnavailable", message: "connect ECONNREFUSED" };
const published: WorkflowRun = {
  status: "succeeded",
  executionArn: "arn:execution",
  outcomes: [{ status: "published" }],
};

function deadLetter(id: string, over: Partial<DeadLetterFacts> = {}): DeadLetter {
  const { body = JSON.stringify(aWebhook(id)), ...rest } = over;
  return {
    messageId: `m-${id}`,
    receiptHandle: `r-${id}`,
    group: "acme",
    receivedAt: "2026-01-01T11:00:00.000Z",
    body,
    ...rest,
    ...readMessage(body),
  };
}

/** An inbox with a workflow that answers as given, and what was done to it. */
function world(
  options: {
    run?: () => Promise<WorkflowRun>;
    deadLetters?: DeadLetter[];
    through?: string[];
    /** Webhooks that have failed by themselves. */
    failed?: string[];
    /** Whether Lambda runs the processing function; by default it does not. */
    answers?: () => boolean;
    /** Whether another reader holds the dead letters. */
    isRead?: boolean;
    /** Calls that fail, as `redrive m-a`, once each. */
    fails?: string[];
  } = {},
) {
  let pausedSince: string | undefined;
  const changes: string[] = [];
  const probes: WorkflowItem[] = [];
  const deadLettered: [string, string][] = [];
  let deadLetters = options.deadLetters ?? [];
  const queued: string[] = [];
  const lines: unknown[] = [];
  const fails = [...(options.fails ?? [])];
  const mayFail = (call: string) => {
    const index = fails.indexOf(call);
    if (index === -1) return;
    fails.splice(index, 1);
    throw new Error(`${call} failed`);
  };
  const ports: RecoverPorts = {
    consumer: {
      state: async () => (pausedSince === undefined ? {} : { pausedSince }),
      rehearse: async () => undefined,
      pause: async (since) => {
        pausedSince = since;
        changes.push("pause");
      },
      resume: async () => {
        pausedSince = undefined;
        changes.push("resume");
      },
    },
    workflow: {
      run: async ([item]) => {
        if (item) probes.push(item);
        return (options.run ?? (async () => published))();
      },
    },
    processor: { answers: async () => options.answers?.() ?? false },
    queue: {
      redrive: async ({ messageId }) => {
        mayFail(`redrive ${messageId}`);
        queued.push(messageId);
      },
    },
    deadLetters: {
      count: async () => deadLetters.length,
      isRead: async () => options.isRead ?? false,
      async *read() {
        yield* [...deadLetters];
      },
      remove: async ({ messageId }) => {
        mayFail(`remove ${messageId}`);
        deadLetters = deadLetters.filter((other) => other.messageId !== messageId);
      },
    },
    records: {
      recordDeadLettered: async ({ id }, { error }) => {
        if (options.through?.includes(id)) return false;
        deadLettered.push([id, error.code]);
        return true;
      },
      noteRedrive: async ({ id }) =>
        options.through?.includes(id) ? "through" : options.failed?.includes(id) ? "failed" : "noted",
    },
    now: () => NOON,
    log: (line) => void lines.push(line),
  };
  return {
    ports,
    changes,
    probes,
    deadLettered,
    queued,
    lines,
    left: () => deadLetters.map(({ messageId }) => messageId),
  };
}

describe("the breaker", () => {
  test("pauses the processing from the first request on, however many groups ask for it", async () => {
    const { ports, changes } = world();
    await pause(REASON, ports);
    await pause(REASON, { ...ports, now: () => NOON + 60_000 });
    expect(new Set(changes)).toEqual(new Set(["pause"]));
    expect(await ports.consumer.state()).toEqual({ pausedSince: "2026-01-01T12:00:00.000Z" });
  });

  test("a pause that was rejected halfway is completed by the next request", async () => {
    const { ports } = world();
    let reads = true;
    let rejections = 1;
    const consumer = {
      ...ports.consumer,
      pause: async (since: string) => {
        await ports.consumer.pause(since);
        if (rejections-- > 0) throw new Error("ResourceInUseException");
        reads = false;
      },
    };
    await expect(pause(REASON, { ...ports, consumer })).rejects.toThrow("ResourceInUseException");
    await pause(REASON, { ...ports, consumer });
    expect(reads).toBe(false);
  });

  test("pauses again, at each probe that fails, a mapping that an operator enabled", async () => {
    const { ports, changes } = world({ run: () => Promise.reject(new Error("down")) });
    await pause(REASON, ports);
    await recover(ports, undefined);
    await recover(ports, undefined);
    expect(changes).toEqual(["pause", "pause", "pause"]);
  });

  test.each<[string, () => Promise<WorkflowRun>]>([
    ["cannot be started", () => Promise.reject(new Error("down"))],
    [
      "fails",
      async () => ({ status: "failed", executionArn: "arn", error: { code: "States.Timeout", message: "" } }),
    ],
    [
      "cannot publish",
      async () => ({
        ...published,
        outcomes: [{ status: "failed", error: REASON, transient: true, attempts: 1 }],
      }),
    ],
    ["comes to nothing", async () => ({ ...published, outcomes: [] })],
  ])("leaves it paused while a workflow %s", async (_, run) => {
    const { ports, changes } = world({ run });
    await pause(REASON, ports);
    await recover(ports, undefined);
    expect(new Set(changes)).toEqual(new Set(["pause"]));
  });

  test("resumes it when an event of the inbox's own goes all the way", async () => {
    const { ports, changes, probes } = world();
    await pause(REASON, ports);
    await recover(ports, undefined);
    expect(changes).toEqual(["pause", "resume"]);
    expect(probes).toMatchObject([
      { provider: INBOX, type: "inbox.resumed", id: "resumed-2026-01-01T12:00:00.000Z", replay: 0 },
    ]);
  });

  test("takes an event that an earlier probe published for the sign it is", async () => {
    const { ports, changes } = world({
      run: async () => ({ ...published, outcomes: [{ status: "duplicate" }] }),
    });
    await pause(REASON, ports);
    await recover(ports, undefined);
    expect(changes).toEqual(["pause", "resume"]);
  });

  test("leaves alone what it has not paused", async () => {
    const { ports, changes, probes } = world();
    await recover(ports, undefined);
    expect(changes).toEqual([]);
    expect(probes).toEqual([]);
  });
});

describe("dead letters that SQS itself moved", () => {
  const poison = { error: { code: "States.QueryEvaluationError", message: "poison" }, attempts: 3 };
  const minutesLater = (ports: RecoverPorts, minutes: number): RecoverPorts => ({
    ...ports,
    now: () => NOON + minutes * 60_000,
  });

  test("are queued again, in their order, once the processing function runs", async () => {
    const { ports, queued, left, lines, deadLettered } = world({
      deadLetters: [deadLetter("a"), deadLetter("b"), deadLetter("c", { failure: poison })],
      answers: () => true,
    });
    expect(await recover(ports, undefined)).toEqual({ count: 1, at: NOON, waiting: false });
    expect(queued).toEqual(["m-a", "m-b"]);
    expect(left()).toEqual(["m-c"]);
    expect(deadLettered).toEqual([["c", "States.QueryEvaluationError"]]);
    expect(lines).toContainEqual({
      event: "dead_letter.redriven",
      messageId: "m-a",
      provider: "acme",
      id: "a",
    });
  });

  test("wait while another reader holds them: a redrive from the command line keeps its order", async () => {
    const { ports, queued } = world({ deadLetters: [deadLetter("a")], answers: () => true, isRead: true });
    expect(await recover(ports, undefined)).toMatchObject({ count: 1, waiting: true });
    expect(queued).toEqual([]);
  });

  test("wait, dead_lettered, while Lambda throttles the function; they are redriven within a minute of its end", async () => {
    let throttled = true;
    const { ports, queued, deadLettered, left } = world({
      deadLetters: [deadLetter("a")],
      answers: () => !throttled,
    });
    const look = await recover(ports, undefined);
    expect(look).toEqual({ count: 1, at: NOON, waiting: true });
    expect(deadLettered).toEqual([["a", "ReceivesExhausted"]]);
    expect(await recover(minutesLater(ports, 1), look)).toBe(look);
    throttled = false;
    expect(await recover(minutesLater(ports, 2), look)).toMatchObject({ count: 0, waiting: false });
    expect(queued).toEqual(["m-a"]);
    expect(left()).toEqual([]);
  });

  test("wait while the breaker is open, and are redriven in the run that closes it", async () => {
    let down = true;
    const { ports, queued } = world({
      deadLetters: [deadLetter("a")],
      answers: () => true,
      run: async () => (down ? Promise.reject(new Error("down")) : published),
    });
    await pause(REASON, ports);
    const look = await recover(ports, undefined);
    expect(queued).toEqual([]);
    down = false;
    await recover(ports, look);
    expect(queued).toEqual(["m-a"]);
  });

  test.each<[string, Partial<DeadLetterFacts>, { failed?: string[] }]>([
    ["was redriven before", { redriven: true }, {}],
    ["has failed by itself", {}, { failed: ["a"] }],
  ])("stay where they are, dead_lettered, if the webhook %s", async (_, over, options) => {
    const { ports, queued, deadLettered, left } = world({
      deadLetters: [deadLetter("a", over)],
      answers: () => true,
      ...options,
    });
    const look = await recover(ports, undefined);
    expect(look).toEqual({ count: 1, at: NOON, waiting: false });
    expect(queued).toEqual([]);
    expect(deadLettered).toEqual([["a", "ReceivesExhausted"]]);
    expect(left()).toEqual(["m-a"]);
    // They are not looked through again for a quarter of an hour.
    expect(await recover(minutesLater(ports, 1), look)).toBe(look);
  });

  test("keep their order if one cannot be sent: those of its group wait with it, others go on", async () => {
    const { ports, queued, left } = world({
      deadLetters: [deadLetter("a"), deadLetter("b"), deadLetter("c", { group: "other" })],
      answers: () => true,
      fails: ["redrive m-a"],
    });
    const look = await recover(ports, undefined);
    expect(queued).toEqual(["m-c"]);
    expect(look).toMatchObject({ waiting: true });
    await recover(ports, look);
    expect(queued).toEqual(["m-c", "m-a", "m-b"]);
    expect(left()).toEqual([]);
  });

  test("that were sent and not deleted are sent again, which their deduplication id makes safe", async () => {
    const { ports, queued, left } = world({
      deadLetters: [deadLetter("a")],
      answers: () => true,
      fails: ["remove m-a"],
    });
    await recover(ports, await recover(ports, undefined));
    expect(queued).toEqual(["m-a", "m-a"]);
    expect(left()).toEqual([]);
  });

  test("are left to the next minute after ten seconds", async () => {
    const { ports, queued } = world({
      deadLetters: [deadLetter("a"), deadLetter("b"), deadLetter("c")],
      answers: () => true,
    });
    let now = NOON;
    const slow = { ...ports, now: () => (now += 4_000) };
    const look = await recover(slow, undefined);
    expect(queued).toEqual(["m-a", "m-b"]);
    expect(look).toMatchObject({ count: 1, waiting: true });
    await recover(slow, look);
    expect(queued).toEqual(["m-a", "m-b", "m-c"]);
  });

  test("are marked in the table; those that the processor dead-lettered too, with its reason", async () => {
    const failure = { error: { code: "States.QueryEvaluationError", message: "poison" }, attempts: 3 };
    const { ports, deadLettered, left } = world({
      deadLetters: [deadLetter("a"), deadLetter("b", { failure })],
    });
    expect(await recover(ports, undefined)).toMatchObject({ count: 2 });
    expect(deadLettered).toEqual([
      ["a", "ReceivesExhausted"],
      ["b", "States.QueryEvaluationError"],
    ]);
    expect(left()).toEqual(["m-a", "m-b"]);
  });

  test("stay where they are if the processor dead-lettered them, whatever the record says", async () => {
    const failure = { error: { code: "States.QueryEvaluationError", message: "poison" }, attempts: 3 };
    const { ports, left } = world({ deadLetters: [deadLetter("a", { failure })], through: ["a"] });
    await recover(ports, undefined);
    expect(left()).toEqual(["m-a"]);
  });

  test("are removed where the webhook is through: only its acknowledgement was lost", async () => {
    const { ports, left } = world({ deadLetters: [deadLetter("a"), deadLetter("b")], through: ["a"] });
    expect(await recover(ports, undefined)).toMatchObject({ count: 1 });
    expect(left()).toEqual(["m-b"]);
  });

  test("that are no webhooks stay where they are", async () => {
    const { ports, left, deadLettered } = world({ deadLetters: [deadLetter("a", { body: "{}" })] });
    await recover(ports, undefined);
    expect(deadLettered).toEqual([]);
    expect(left()).toEqual(["m-a"]);
  });

  test("are not read again while there are as many as before, for a quarter of an hour", async () => {
    const { ports, deadLettered } = world({ deadLetters: [deadLetter("a", { failure: poison })] });
    const seen = await recover(ports, undefined);
    expect(await recover({ ...ports, now: () => NOON + 14 * 60_000 }, seen)).toBe(seen);
    expect(deadLettered).toHaveLength(1);
    await recover({ ...ports, now: () => NOON + 15 * 60_000 }, seen);
    expect(deadLettered).toHaveLength(2);
  });
});
