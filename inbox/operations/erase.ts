import type { Operation, StoredErasure } from "../../functions/domain/record";
import { newErasure, type Erasing } from "../erasures";
import type { Erasable } from "../records/tombstone";

/** What erasing needs of the outside. Each call can be made again. */
export interface ErasePorts {
  /** Writes the entry that says that something is erased. */
  readonly note: (erasure: StoredErasure) => Promise<void>;
  /** Ends what is still to be done with the webhook. */
  readonly close: (webhook: Erasable, operation: Operation) => Promise<void>;
  /** Removes the dead letters of webhooks from all queues; returns how many there were. */
  readonly removeDeadLetters: (webhooks: readonly Erasable[]) => Promise<number>;
  /** Removes a quarantined request in all versions. */
  readonly removeQuarantined: (id: string) => Promise<number>;
  /** Waits until nothing that began before can write any more. */
  readonly settle: () => Promise<void>;
  readonly removeDeliveries: (webhook: Erasable) => Promise<void>;
  /** Removes the webhook's payloads and headers in all versions; returns how many objects there were. */
  readonly removePayloads: (webhook: Erasable) => Promise<number>;
  /** Leaves nothing but the tombstone. */
  readonly bury: (webhook: Erasable, operation: Operation) => Promise<void>;
  readonly removeGroup: (group: string) => Promise<void>;
}

export interface Erase extends Erasing {
  readonly webhooks: readonly Erasable[];
  /** Ids of quarantined requests. */
  readonly quarantined: readonly string[];
  /** Message groups that end with it. */
  readonly groups: readonly string[];
  /** Ends it between two webhooks. */
  readonly signal: AbortSignal;
  readonly onErased: () => void;
}

/** Webhooks that are closed, or erased, side by side. */
const AT_ONCE = 8;

/**
 * Erases webhooks. First all are closed: their records say `erased` from then on, so a provider's attempt, a replay or a message
 * under way brings none of them back. A record keeps its other fields, and a payload its place, until everything else
 * of the webhook is gone; so an erasure that died is finished by the same command.
 * @returns the entry of the audit
 */
export async function erase(run: Erase, ports: ErasePorts): Promise<StoredErasure> {
  const { webhooks, quarantined, groups, by, reason, signal } = run;
  const begun = newErasure({ by, reason }, webhooks.length, Date.now());
  const operation: Operation = { kind: "erase", at: begun.receivedAt, by, reason };
  await ports.note(begun);
  await each(webhooks, signal, (webhook) => ports.close(webhook, operation));
  const deadLetters = await ports.removeDeadLetters(webhooks);
  let rejected = 0;
  await each(quarantined, signal, async (id) => {
    const removed = await ports.removeQuarantined(id);
    rejected += removed;
  });
  if (webhooks.some(({ open }) => open)) await ports.settle();
  let objects = 0;
  await each(webhooks, signal, async (webhook) => {
    await ports.removeDeliveries(webhook);
    const removed = await ports.removePayloads(webhook);
    objects += removed;
    await ports.bury(webhook, operation);
    run.onErased();
  });
  await each(groups, signal, ports.removeGroup);
  const finishedAt = new Date().toISOString();
  const erasure = { ...begun, finishedAt, objects, deadLetters, quarantined: rejected };
  await ports.note(erasure);
  return erasure;
}

/** Does something for each, some side by side. @throws the first error, and what the signal was aborted with */
async function each<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      signal.throwIfAborted();
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
