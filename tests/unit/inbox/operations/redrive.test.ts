import { parseDeadLetter, type DeadLetter } from "../../../../inbox/dead-letter";
import { redrive, type RedrivePorts } from "../../../../inbox/operations/redrive";
import { redriveDeduplicationId } from "../../../../functions/domain/webhook";

function deadLetter(id: string, group = "stripe"): DeadLetter {
  const webhook = {
    provider: "stripe",
    id,
    type: "a.b",
    contentType: "application/json",
    size: 2,
    s3Key: "k",
    replay: 0,
  };
  return parseDeadLetter({
    MessageId: `m-${id}`,
    ReceiptHandle: `h-${id}`,
    Body: JSON.stringify(webhook),
    Attributes: { MessageGroupId: group, SentTimestamp: "0" },
  });
}

/** A dead-letter queue and a queue that deduplicates, in memory; `dieAt` throws from the n-th call on. */
function world(deadLetters: readonly DeadLetter[]) {
  const calls: string[] = [];
  const queued = new Map<string, string>();
  const there = new Set(deadLetters.map(({ messageId }) => messageId));
  let dieAt = Infinity;
  const call = (name: string, effect: () => void) => {
    if (calls.length >= dieAt) return Promise.reject(new Error("died"));
    calls.push(name);
    effect();
    return Promise.resolve();
  };
  const ports: RedrivePorts = {
    resetFailures: ({ id }) => call(`reset ${id}`, () => undefined),
    resend: (one) =>
      call(`send ${one.webhook?.id}`, () =>
        queued.set(redriveDeduplicationId(one.messageId), one.webhook?.id ?? ""),
      ),
    note: ({ id }) => call(`note ${id}`, () => undefined),
    remove: (one) =>
      call(`remove ${one.webhook?.id}`, () => {
        there.delete(one.messageId);
      }),
  };
  return {
    calls,
    queued: () => [...queued.values()],
    left: () => deadLetters.filter(({ messageId }) => there.has(messageId)),
    dieAt: (number: number) => (dieAt = number),
    run: (signal = new AbortController().signal, onSent = () => undefined as void) =>
      redrive(
        {
          deadLetters: deadLetters.filter(({ messageId }) => there.has(messageId)),
          rate: 1e6,
          signal,
          onSent,
        },
        ports,
      ),
  };
}

describe("a redrive", () => {
  test("resets the failures before it sends, and notes itself before it removes", async () => {
    const { run, calls } = world([deadLetter("a"), deadLetter("b")]);
    await run();
    expect(calls).toEqual([
      ...["reset a", "send a", "note a", "remove a"],
      ...["reset b", "send b", "note b", "remove b"],
    ]);
  });

  test.each(Array.from({ length: 13 }, (_, index) => index))(
    "that dies after %i calls and is run again sends each webhook once, in order",
    async (calls) => {
      const { run, dieAt, queued, left } = world(["a", "b", "c"].map((id) => deadLetter(id)));
      dieAt(calls);
      await run();
      // What is gone from the dead-letter queue is in the queue.
      expect([...queued(), ...left().map(({ webhook }) => webhook?.id)]).toEqual(
        expect.arrayContaining(["a", "b", "c"]),
      );
      dieAt(Infinity);
      expect(await run()).toEqual({ failed: [], left: [] });
      expect(queued()).toEqual(["a", "b", "c"]);
      expect(left()).toEqual([]);
    },
  );

  test("stops a group at its first failure, and goes on with the others", async () => {
    const deadLetters = [deadLetter("a"), deadLetter("b"), deadLetter("x", "github")];
    const { failed, left } = await redrive(
      { deadLetters, rate: 1e6, signal: new AbortController().signal, onSent: () => undefined },
      {
        resetFailures: () => Promise.resolve(),
        resend: ({ webhook }) =>
          webhook?.id === "a" ? Promise.reject(new Error("throttled")) : Promise.resolve(),
        note: () => Promise.resolve(),
        remove: ({ webhook }) =>
          webhook?.id === "x" ? Promise.resolve() : Promise.reject(new Error("not sent")),
      },
    );
    expect(failed.map(({ item: [one], error }) => [one?.webhook?.id, String(error)])).toEqual([
      ["a", "Error: throttled"],
    ]);
    expect(left.map(([one]) => one?.webhook?.id)).toEqual(["b"]);
  });

  test("ends between two webhooks when it is interrupted", async () => {
    const controller = new AbortController();
    const { run, queued } = world(["a", "b", "c"].map((id) => deadLetter(id)));
    const { left } = await run(controller.signal, () => controller.abort());
    expect(queued()).toEqual(["a"]);
    expect(left).toHaveLength(2);
  });

  test("sends a dead letter that is there twice once, and removes both", async () => {
    const { run, calls } = world([deadLetter("a"), deadLetter("a")]);
    await run();
    expect(calls).toEqual(["reset a", "send a", "note a", "remove a", "remove a"]);
  });
});
