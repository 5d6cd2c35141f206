import { setTimeout as pause } from "node:timers/promises";
import { rejectedKey } from "../../functions/domain/rejected";
import { keyOf, payloadPrefix, recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import type { DeadLetter } from "../dead-letter";
import { DeadLetterQueue } from "../dead-letters";
import { writeErasure } from "../erasures";
import { removeVersions } from "../object-versions";
import { buryRecord, closeRecord, removeDeliveries, removeGroup, type Erasable } from "../records/tombstone";
import type { ErasePorts } from "./erase";

/**
 * Milliseconds after which work that began before no longer writes: an execution ends after 20 seconds, and API Gateway
 * waits 29 for a response.
 */
const SETTLED_MS = 30_000;

/** Returns the ports for erasing on a deployed inbox. */
export function erasePorts(inbox: Inbox, signal: AbortSignal): ErasePorts {
  return {
    note: (erasure) => writeErasure(inbox, erasure),
    close: (webhook, operation) => closeRecord(inbox, webhook, operation),
    removeDeadLetters: (webhooks) => removeDeadLetters(inbox, webhooks, signal),
    removeQuarantined: (id) => removeVersions(inbox, rejectedKey(id) ?? id),
    settle: () => pause(SETTLED_MS, undefined, { signal }),
    removeDeliveries: (webhook) => removeDeliveries(inbox, webhook),
    removePayloads: ({ provider, key }) => removeVersions(inbox, `${payloadPrefix(provider, key)}/`),
    bury: (webhook, operation) => buryRecord(inbox, webhook, operation),
    removeGroup: (group) => removeGroup(inbox, group),
  };
}

/**
 * Removes webhooks' dead letters from the queues of the inbox and of consumers, and their undelivered events; returns
 * how many there were.
 */
async function removeDeadLetters(
  inbox: Inbox,
  webhooks: readonly Erasable[],
  signal: AbortSignal,
): Promise<number> {
  if (webhooks.length === 0) return 0;
  const keys = new Set(webhooks.map(({ provider, key }) => recordKey(provider, key)));
  const ids = new Set(webhooks.map(({ provider, id }) => recordKey(provider, id)));
  const isTheirs = ({ source, webhook }: DeadLetter) =>
    keys.has(source?.recordKey ?? (webhook ? recordKey(webhook.provider, keyOf(webhook)) : ""));
  const { consumer_queues: consumers, undelivered_queue_url: undelivered } = inbox.outputs;
  let removed = 0;
  for (const consumer of [undefined, ...Object.keys(consumers)])
    removed += await removeFrom(new DeadLetterQueue(inbox, consumer), true, isTheirs, signal);
  if (undelivered === undefined) return removed;
  const isTheirEvent = ({ webhook }: DeadLetter) =>
    webhook !== undefined && ids.has(recordKey(webhook.provider, webhook.id));
  const queue = new DeadLetterQueue(inbox, undefined, undelivered);
  return removed + (await removeFrom(queue, false, isTheirEvent, signal));
}

async function removeFrom(
  queue: DeadLetterQueue,
  spread: boolean,
  isTheirs: (deadLetter: DeadLetter) => boolean,
  signal: AbortSignal,
): Promise<number> {
  try {
    if (!(await queue.awaitReleased(signal)))
      throw new Error("Another reader holds dead letters. Run the same command again.");
    const { deadLetters } = await queue.read({ spread, signal });
    const theirs = deadLetters.filter(isTheirs);
    for (const deadLetter of theirs) await queue.remove(deadLetter);
    return theirs.length;
  } finally {
    await queue.close();
  }
}
