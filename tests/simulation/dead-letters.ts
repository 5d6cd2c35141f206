import type { Failure } from "../../functions/domain/group-ports";
import { readMessage, type Delivery } from "../../functions/domain/message";
import type { DeadLetter } from "../../functions/domain/recover";
import type { StoredMessage } from "./queue";

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
  /** Ids of the messages that were removed. */
  readonly removed = new Set<string>();

  /** Returns false if it has it: the message's own id is its deduplication id. */
  add(deadLetter: DeadLetter): boolean {
    if (this.deadLetters.some(({ messageId }) => messageId === deadLetter.messageId)) return false;
    this.deadLetters.push(deadLetter);
    return true;
  }

  count(): number {
    return this.deadLetters.length - this.removed.size;
  }

  *read(): Generator<DeadLetter> {
    yield* this.deadLetters.filter(({ messageId }) => !this.removed.has(messageId));
  }

  remove({ messageId }: DeadLetter): void {
    this.removed.add(messageId);
  }
}
