import type { Failure } from "../../functions/domain/group-ports";
import { readMessage, type Delivery } from "../../functions/domain/message";
import type { DeadLetter } from "../../functions/domain/recover";
import type { Clock } from "./clock";
import { DEDUPLICATION_MS, type StoredMessage } from "./queue";

/** What the processor sends to the dead-letter queue. */
export function sent(message: Delivery, failure: Failure): DeadLetter {
  const { messageId, body, group, receivedAt } = message;
  return { messageId, receiptHandle: messageId, body, ...readMessage(body), group, receivedAt, failure };
}

/** What SQS moves to the dead-letter queue. */
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
   * Returns its receipt handle; undefined if the processor sent it within the last five minutes: its message id is its
   * deduplication id. SQS moves a message with its own group and deduplication id, so that one can be there twice.
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
