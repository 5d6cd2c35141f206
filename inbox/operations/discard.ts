import { keyOf } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import type { DeadLetter } from "../dead-letter";
import type { DeadLetterQueue } from "../dead-letters";
import { noteOperation } from "../records/note";

/** Who discards a dead letter, and why. */
export interface Discard {
  readonly by: string;
  readonly reason: string;
}

/**
 * Removes a dead letter for good, after its webhook's record says who does it and why. The webhook's status stays,
 * and its payload can still be replayed.
 * @param queue from which it was read
 */
export async function discard(
  inbox: Inbox,
  queue: DeadLetterQueue,
  deadLetter: DeadLetter,
  { by, reason }: Discard,
): Promise<void> {
  const { webhook } = deadLetter;
  if (webhook) {
    await noteOperation(inbox, webhook.provider, keyOf(webhook), {
      kind: "discard",
      at: new Date().toISOString(),
      by,
      reason,
      ...(queue.consumer !== undefined && { consumer: queue.consumer }),
    });
  }
  await queue.remove(deadLetter);
}
