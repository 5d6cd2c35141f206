import { keyOf, recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { DeadLetterQueue } from "../dead-letters";

/**
 * Removes the dead letters of webhooks whose replay is in the queue. If the replay failed, too, its own dead letters
 * stay.
 * @param replays numbers of the replays by the webhooks' record keys
 * @returns number of dead letters that were removed
 * @throws Error if another reader holds dead letters
 */
export async function removeReplayed(
  inbox: Inbox,
  replays: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<number> {
  const queue = new DeadLetterQueue(inbox);
  try {
    if (!(await queue.awaitReleased(signal))) throw new Error("Another reader holds dead letters.");
    const { deadLetters } = await queue.read({ spread: true, signal });
    const replayed = deadLetters.filter(
      ({ webhook }) =>
        webhook && webhook.replay < (replays.get(recordKey(webhook.provider, keyOf(webhook))) ?? 0),
    );
    for (const deadLetter of replayed) await queue.remove(deadLetter);
    return replayed.length;
  } finally {
    await queue.close();
  }
}
