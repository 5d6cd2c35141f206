import type { GroupPorts } from "../../functions/domain/group-ports";
import type { IngestPorts } from "../../functions/domain/ingest-ports";
import type { Delivery, ReceivedMessage } from "../../functions/domain/message";
import { resumeMessage } from "../../functions/domain/pause";
import type { DeadLetter, RecoverPorts } from "../../functions/domain/recover";
import type { ResumePorts } from "../../functions/domain/resume";
import { item } from "../support/workflow";

/** The FIFO queue and its dead-letter queue, both empty. */
export interface Queues {
  readonly ingest: IngestPorts["queue"];
  readonly group: GroupPorts["queue"];
  readonly processor: GroupPorts["deadLetters"];
  readonly recover: Pick<RecoverPorts, "queue" | "deadLetters">;
  readonly wake: ResumePorts["pauses"]["wake"];
  /** Receives up to ten visible messages. */
  receive(): Promise<readonly ReceivedMessage[]>;
  /** Receives up to ten visible messages, as soon as there is one. */
  next(): Promise<readonly ReceivedMessage[]>;
  delete(message: Delivery): Promise<void>;
}

/** Settings of the queue: receives before SQS moves a message, and seconds for which a received message is hidden. */
export const MAX_RECEIVE_COUNT = 3;
export const VISIBILITY_SECONDS = 1;

const RECEIVED_AT = "2026-01-02T03:04:05.678Z";
const failure = { error: { code: "E", message: "no" }, attempts: 3, executionArn: "arn:execution" };

/** Tests the FIFO queue and its dead-letter queue. @param start returns new queues at each call */
export function queuesContract(start: () => Promise<Queues>): void {
  let queues: Queues;
  beforeEach(async () => void (queues = await start()));

  const message = (id: string, group = "acme") => ({
    webhook: item({ id }),
    group,
    deduplicationId: `acme:${id}:0`,
    receivedAt: Date.parse(RECEIVED_AT),
  });
  const send = async (...ids: readonly string[]) => {
    for (const id of ids) await queues.ingest.send(message(id));
  };
  const ids = (messages: readonly { readonly webhook?: { readonly id: string } }[]) =>
    messages.map(({ webhook }) => webhook?.id);
  const one = async (): Promise<ReceivedMessage> => {
    const [only, ...others] = await queues.next();
    if (!only || others.length > 0) throw new Error("not one message");
    return only;
  };
  const deadLetters = async (): Promise<readonly DeadLetter[]> => {
    const found: DeadLetter[] = [];
    for await (const deadLetter of queues.recover.deadLetters.read()) found.push(deadLetter);
    return found;
  };
  /** Receives a message as often as the queue allows, then once more, so that the queue moves it. */
  const exhaust = async () => {
    for (let count = 0; count < MAX_RECEIVE_COUNT; count += 1)
      await queues.group.retryAfter([await one()], 0);
    expect(await queues.receive()).toEqual([]);
  };

  describe("the queue", () => {
    test("gives a message as it was sent", async () => {
      await queues.ingest.send(message("a", "acme:x"));
      expect(await one()).toMatchObject({
        webhook: { provider: "acme", id: "a" },
        group: "acme:x",
        deduplicationId: "acme:a:0",
        receivedAt: RECEIVED_AT,
        receiveCount: 1,
      });
    });

    test("takes a deduplication id once in a group, also if its message is done", async () => {
      await send("a", "a");
      await queues.delete(await one());
      await send("a", "b");
      expect(ids([await one()])).toEqual(["b"]);
    });

    test("takes it again in another group", async () => {
      await queues.ingest.send(message("a", "one"));
      await queues.ingest.send(message("a", "two"));
      const received = await queues.next();
      expect(received.map(({ group }) => group).sort()).toEqual(["one", "two"]);
    });

    test("gives a group that is woken one message without a webhook, however often that is in a minute", async () => {
      const at = Date.parse(RECEIVED_AT);
      await queues.wake("acme", "acme:x", at);
      await queues.wake("acme", "acme:x", at + 1);
      expect(await one()).toMatchObject({ group: "acme:x", body: resumeMessage("acme"), receiveCount: 1 });
    });

    test("gives the messages of a group in their order, with ascending sequence numbers", async () => {
      await send("a", "b", "c");
      const received = await queues.next();
      expect(ids(received)).toEqual(["a", "b", "c"]);
      const sequences = received.map(({ sequence }) => BigInt(sequence));
      expect([...sequences].sort((a, b) => (a < b ? -1 : 1))).toEqual(sequences);
    });

    test("gives nothing of a group that has a message under way, and goes on with the others", async () => {
      await send("a");
      const first = await one();
      await send("b");
      await queues.ingest.send(message("c", "other"));
      expect(ids(await queues.receive())).toEqual(["c"]);
      await queues.delete(first);
      expect(ids(await queues.receive())).toEqual(["b"]);
    });

    test("gives a message again after its visibility timeout, and counts that", async () => {
      await send("a");
      const first = await one();
      expect(await queues.receive()).toEqual([]);
      const second = await one();
      expect(second).toMatchObject({ messageId: first.messageId, receiveCount: 2 });
      expect(second.receiptHandle).not.toBe(first.receiptHandle);
    });

    test("gives it again when the processor says", async () => {
      await send("a");
      await queues.group.retryAfter([await one()], 0);
      expect(await queues.receive()).toMatchObject([{ receiveCount: 2 }]);
    });

    test("hides it for as long as the processor says, with those behind it", async () => {
      await send("a");
      await queues.group.retryAfter([await one()], 60);
      await send("b");
      await queues.ingest.send(message("c", "other"));
      const [other] = await queues.receive();
      expect(ids(await queues.next())).toEqual([other?.webhook?.id]);
    });

    test("gives back a batch in its order", async () => {
      await send("a", "b", "c");
      const [first, ...rest] = await queues.next();
      await queues.delete(first as ReceivedMessage);
      await queues.group.retryAfter(rest, 0);
      expect(ids(await queues.next())).toEqual(["b", "c"]);
    });

    test("moves a message to the dead-letter queue when it was received as often as allowed", async () => {
      await send("a");
      await exhaust();
      expect(await queues.recover.deadLetters.count()).toBe(1);
      const [moved] = await deadLetters();
      expect(moved).toMatchObject({ webhook: { id: "a" }, group: "acme", receivedAt: RECEIVED_AT });
      expect(moved).not.toHaveProperty("failure");
      expect(moved).not.toHaveProperty("redriven");
    });
  });

  describe("the dead-letter queue", () => {
    test("has what the processor dead-lettered, with the failure and where it came from", async () => {
      await send("a");
      const failed = await one();
      await queues.processor.send(failed, failure);
      expect(await deadLetters()).toMatchObject([
        {
          messageId: failed.messageId,
          webhook: { id: "a" },
          group: "acme",
          receivedAt: RECEIVED_AT,
          failure,
        },
      ]);
    });

    test("has once what was dead-lettered twice", async () => {
      await send("a");
      const failed = await one();
      await queues.processor.send(failed, failure);
      await queues.processor.send(failed, failure);
      expect(await queues.recover.deadLetters.count()).toBe(1);
    });

    test("has twice, with one message id, what the processor dead-lettered and SQS moved as well", async () => {
      await send("a");
      await queues.processor.send(await one(), failure);
      await queues.group.retryAfter([await one()], 0);
      await queues.group.retryAfter([await one()], 0);
      expect(await queues.receive()).toEqual([]);
      const [first, second] = await deadLetters();
      expect(second?.messageId).toBe(first?.messageId);
    });

    test("has no longer what was removed", async () => {
      await send("a");
      await queues.processor.send(await one(), failure);
      const [deadLetter] = await deadLetters();
      await queues.recover.deadLetters.remove(deadLetter as DeadLetter);
      expect(await queues.recover.deadLetters.count()).toBe(0);
      expect(await deadLetters()).toEqual([]);
    });

    test("gives a webhook back to the queue once, and marks it: the recovery redrives once", async () => {
      await send("a");
      await exhaust();
      const [moved] = await deadLetters();
      await queues.recover.queue.redrive(moved as DeadLetter);
      await queues.recover.queue.redrive(moved as DeadLetter);
      await queues.recover.deadLetters.remove(moved as DeadLetter);
      const again = await one();
      expect(again).toMatchObject({ webhook: { id: "a" }, group: "acme", receivedAt: RECEIVED_AT });
      expect(again.receiveCount).toBe(1);
      expect(again.messageId).not.toBe(moved?.messageId);
      await queues.group.retryAfter([again], 0);
      for (let count = 1; count < MAX_RECEIVE_COUNT; count += 1)
        await queues.group.retryAfter([await one()], 0);
      expect(await queues.receive()).toEqual([]);
      expect(await deadLetters()).toMatchObject([{ messageId: again.messageId, redriven: true }]);
    });
  });
}
