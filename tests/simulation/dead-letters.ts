import type { Failure } from "../../functions/domain/group-ports";
import { readMessage, type Delivery } from "../../functions/domain/message";
import type { DeadLetter } from "../../functions/domain/recover";
import type { Clock } from "./clock";
import { DEDUPLICATION_MS, type StoredMessage } from "./queue";

/** Returns a dead letter as the processor sends it. */
export function sent(message: Delivery, failure: Failure): DeadLetter {
  const { messageId, body, group, receivedAt } = message;
  return { messageId, receiptHandle: messageId, body, ...readMessage(body), group, receivedAt, failure };
}

/** Returns a dead letter as SQS moves it. */
export function moved({ messageId, body, group, receivedAt, redriven }: StoredMessage): DeadLetter {
  const facts = {
    messageId,
    receiptHandle: messageId,
    body,
    group,
    receivedAt,
    ...(redriven && { redriven }),
  };
  return { ...facts, ...readMessage(body) };
}

/** The dead-letter queue. */
export class DeadLetterQueue {
  private readonly deadLetters: DeadLetter[] = [];
  private readonly lastSent = new Map<string, number>();
  /** Receipt handles of the messages that were removed. */
  readonly removed = new Set<string>();

  constructor(private readonly clock: Clock) {}

  /**
   * Adds a dead letter and returns its receipt handle. Returns undefined if the processor sent the same one within the
   * last five minutes, since its message id is its deduplication id. SQS moves a message with its own group and
   * deduplication id, so that a message can be in the queue twice.
   */
  add(deadLetter: DeadLetter): string | undefined {
    const { messageId, failure } = deadLetter;
    const { now } = this.clock;
    if (failure && now < (this.lastSent.get(messageId) ?? -Infinity) + DEDUPLICATION_MS) return undefined;
    if (failure) this.lastSent.set(messageId, now);
    const receiptHandle = `d${this.deadLetters.length}`;
    this.deadLetters.push({ ...deadLetter, receiptHandle });
    return receiptHandle;
  }

  count(): number {
    return this.deadLetters.length - this.removed.size;
  }

  *read(): Generator<DeadLetter> {
    yield* this.deadLetters.filter(({ receiptHandle }) => !this.removed.has(receiptHandle));
  }

  remove({ receiptHandle }: DeadLetter): void {
    this.removed.add(receiptHandle);
  }
}
