import type { Operation, StoredErasure } from "../../functions/domain/record";
import { newErasure, type Erasing } from "../erasures";
import type { Erasable } from "../records/tombstone";

/** External calls that an erasure needs. Each can be repeated. */
export interface ErasePorts {
  /** Writes the audit entry of the erasure. */
  readonly note: (erasure: StoredErasure) => Promise<void>;
  /** Marks the webhook as erased, so that nothing more is done with it. */
  readonly close: (webhook: Erasable, operation: Operation) => Promise<void>;
  /** Removes the dead letters of webhooks from all queues; returns how many there were. */
  readonly removeDeadLetters: (webhooks: readonly Erasable[]) => Promise<number>;
  /** Removes all versions of a quarantined request; returns how many there were. */
  readonly removeQuarantined: (id: string) => Promise<number>;
  /** Waits until work that began before can no longer write. */
  readonly settle: () => Promise<void>;
  readonly removeDeliveries: (webhook: Erasable) => Promise<void>;
  /** Removes the webhook's payloads and headers in all versions; returns how many objects there were. */
  readonly removePayloads: (webhook: Erasable) => Promise<number>;
  /** Replaces the webhook's record with its tombstone. */
  readonly bury: (webhook: Erasable, operation: Operation) => Promise<void>;
  readonly removeGroup: (group: string) => Promise<void>;
}

export interface Erase extends Erasing {
  readonly webhooks: readonly Erasable[];
  /** Ids of quarantined requests. */
  readonly quarantined: readonly string[];
  /** Message groups whose items are removed with their webhooks. */
  readonly groups: readonly string[];
  /** Ends the erasure between two webhooks. */
  readonly signal: AbortSignal;
  readonly onErased: () => void;
}

/** Number of webhooks that are closed, or erased, concurrently. */
const AT_ONCE = 8;

/**
 * Erases webhooks. Closes all of them first: their records say `erased` from then on, so that no repeated request,
 * replay or message in flight restores them. A record keeps its other fields, and a payload its place, until everything
 * else of the webhook is gone, so that running the same command again completes an erasure that was interrupted.
 * @returns the audit entry
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

/** Runs `work` for each item, several concurrently. @throws the first error, or the reason of the signal's abort */
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
