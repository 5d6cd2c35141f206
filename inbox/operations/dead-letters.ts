import { userInfo } from "node:os";
import { keyOf } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { DeadLetterQueue } from "../dead-letters";
import type { DeadLetter } from "../dead-letter";
import { waitingDeliveries } from "../deliveries";
import { discard, discardWaiting } from "./discard";
import { redrive, redrivePorts } from "./redrive";
import { OperationRejectedError, orRejected, rejection, RATE, TIMEOUT_MS } from "./rejection";

/** Identifies a webhook in the dead-letter queue of a consumer or, without one, of the inbox. */
export interface WebhookAt {
  readonly provider: string;
  readonly key: string;
  readonly consumer?: string | undefined;
}

/** Operations on dead letters, of a consumer or of the inbox. */
export interface DeadLetterOperations {
  /**
   * Redrives all dead letters with an error code, in order.
   * @param most maximum number; if there are more, none is redriven
   * @returns numbers of dead letters that were redriven, and that are left because an operation ends after 25 seconds
   */
  redriveAll(
    code: string,
    most: number,
    consumer?: string,
  ): Promise<{ readonly redriven: number; readonly left: number }>;
  /**
   * Removes a webhook's dead letters for good. If a consumer has none, gives up the delivery to it that waits for its
   * next attempt.
   */
  discard(webhook: WebhookAt, reason: string): Promise<void>;
}

/** Returns the operations on a deployed inbox. */
export function deadLetterOperationsOn(inbox: Inbox): DeadLetterOperations {
  return {
    redriveAll: (code, most, consumer) => redriveAll(inbox, code, most, consumer),
    discard: (webhook, reason) => discardOne(inbox, webhook, reason),
  };
}

/**
 * Milliseconds to wait for another reader to release dead letters: the recovery function, which reads new ones every
 * minute, hides them for ten seconds.
 */
const RELEASED_MS = 12_000;

async function redriveAll(inbox: Inbox, code: string, most: number, consumer: string | undefined) {
  return withQueue(inbox, consumer, async (queue, signal) => {
    // Stops if another reader holds dead letters: those could be earlier in the order than the visible ones.
    if (!(await released(queue)))
      throw new OperationRejectedError("Another reader holds dead letters. Try again in a minute.");
    const { deadLetters } = await queue.read({ spread: true, signal });
    const chosen = deadLetters.filter(({ reason }) => reason.code === code);
    if (chosen.length === 0) throw new OperationRejectedError(NOT_FOUND);
    if (chosen.length > most)
      throw new OperationRejectedError(
        `There are ${chosen.length} by now. Load the page again, and confirm them.`,
      );
    let redriven = 0;
    const { failed, left } = await redrive(
      { deadLetters: chosen, rate: RATE, signal, onSent: () => (redriven += 1) },
      redrivePorts(inbox, queue),
    );
    if (failed[0]) throw rejection(failed[0].error);
    return { redriven, left: left.length };
  });
}

const NOT_FOUND =
  "It was not found in the dead-letter queue: it was redriven or removed, or another reader holds it. Try again in a minute.";

async function discardOne(
  inbox: Inbox,
  { provider, key, consumer }: WebhookAt,
  reason: string,
): Promise<void> {
  if (reason.trim() === "") throw new OperationRejectedError("Say why nobody needs it: the record keeps it.");
  const why = { by: userInfo().username, reason };
  await withQueue(inbox, consumer, async (queue, signal) => {
    await released(queue);
    const { deadLetters } = await queue.read({ spread: true, signal });
    const mine = deadLetters.filter((one) => isOf(one, provider, key));
    for (const one of mine) await discard(inbox, queue, one, why);
    if (mine.length > 0) return;
    const waiting = consumer === undefined ? [] : await waitingDeliveries(inbox, consumer, Infinity);
    const found = waiting.find(({ delivery }) => delivery.provider === provider && delivery.key === key);
    if (!found) throw new OperationRejectedError(NOT_FOUND);
    await discardWaiting(inbox, found, why);
  });
}

const released = (queue: DeadLetterQueue): Promise<boolean> =>
  queue.awaitReleased(AbortSignal.timeout(RELEASED_MS)).catch(() => false);

function isOf({ webhook, messageId }: DeadLetter, provider: string, key: string): boolean {
  return webhook
    ? webhook.provider === provider && keyOf(webhook) === key
    : provider === "" && messageId === key;
}

async function withQueue<T>(
  inbox: Inbox,
  consumer: string | undefined,
  work: (queue: DeadLetterQueue, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const queue = await orRejected((async () => new DeadLetterQueue(inbox, consumer))());
  try {
    return await work(queue, AbortSignal.timeout(TIMEOUT_MS));
  } finally {
    await queue.close();
  }
}
