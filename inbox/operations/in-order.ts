import { setTimeout as pause } from "node:timers/promises";

/** Number of groups that are sent concurrently; items of one group are sent one after the other. */
const CONCURRENT_GROUPS = 8;

export interface Sending<T> {
  /** Items in the order in which they have to reach the queue. */
  readonly items: readonly T[];
  readonly groupOf: (item: T) => string;
  /** Resolves once the item is durably at its destination. */
  readonly send: (item: T) => Promise<void>;
  /** Items per second, over all groups. */
  readonly rate: number;
  /** Ends the sending between two items. */
  readonly signal: AbortSignal;
  readonly onSent: (item: T) => void;
}

export interface SendingResult<T> {
  readonly failed: readonly { readonly item: T; readonly error: unknown }[];
  /** Items that were not attempted: one before them in their group failed, or the sending was interrupted. */
  readonly left: readonly T[];
}

/**
 * Sends items group by group, each group in its order. A group stops at its first failure, as in the inbox itself, so
 * that no item overtakes another. Never rejects.
 */
export async function sendInOrder<T>(sending: Sending<T>): Promise<SendingResult<T>> {
  const { items, groupOf, send, rate, signal, onSent } = sending;
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(groupOf(item));
    if (group) group.push(item);
    else groups.set(groupOf(item), [item]);
  }
  const failed: { item: T; error: unknown }[] = [];
  const left: T[] = [];
  const nextSlot = paced(rate, signal);

  async function sendGroup(group: readonly T[]): Promise<void> {
    for (const [index, item] of group.entries()) {
      if (!(await nextSlot())) return void left.push(...group.slice(index));
      try {
        await send(item);
      } catch (error) {
        failed.push({ item, error });
        return void left.push(...group.slice(index + 1));
      }
      onSent(item);
    }
  }

  const waiting = [...groups.values()];
  const worker = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift()) await sendGroup(group);
  };
  await Promise.all(Array.from({ length: CONCURRENT_GROUPS }, worker));
  return { failed, left };
}

/**
 * Returns a function that waits for the next of `rate` slots per second; it returns false once the signal is aborted.
 */
function paced(rate: number, signal: AbortSignal): () => Promise<boolean> {
  let next = 0;
  return async () => {
    const at = Math.max(next, performance.now());
    next = at + 1_000 / rate;
    const wait = at - performance.now();
    // Ignores that an aborted wait rejects: the return value says that it was aborted.
    if (wait > 0) await pause(wait, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  };
}
