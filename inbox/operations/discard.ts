import { keyOf } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import type { DeadLetter } from "../dead-letter";
import { giveUp, type WaitingDelivery } from "../deliveries";
import type { DeadLetterQueue } from "../dead-letters";
import { noteOperation } from "../records/note";

/** Who discards a dead letter, and why. */
export interface Discard {
  readonly by: string;
  readonly reason: string;
}

/**
 * Removes a dead letter for good, after noting on its webhook's record who does so and why. The webhook's status stays,
 * and its payload can still be replayed.
 * @param queue queue that the dead letter was read from
 */
export async function discard(
  inbox: Inbox,
  queue: DeadLetterQueue,
  deadLetter: DeadLetter,
  { by, reason }: Discard,
): Promise<void> {
  const { webhook } = deadLetter;
  if (webhook) await noteDiscard(inbox, webhook.provider, keyOf(webhook), { by, reason }, queue.consumer);
  await queue.remove(deadLetter);
}

/**
 * Gives up a delivery that waits for its next attempt, so that the next ones of its group continue; notes who does so
 * and why in the same way.
 */
export async function discardWaiting(inbox: Inbox, waiting: WaitingDelivery, why: Discard): Promise<void> {
  const { provider, key, consumer } = waiting.delivery;
  await noteDiscard(inbox, provider, key, why, consumer);
  await giveUp(inbox, waiting);
}

function noteDiscard(
  inbox: Inbox,
  provider: string,
  key: string,
  { by, reason }: Discard,
  consumer: string | undefined,
): Promise<void> {
  const at = new Date().toISOString();
  const whose = consumer !== undefined && { consumer };
  return noteOperation(inbox, provider, key, { kind: "discard", at, by, reason, ...whose });
}
