import type { WebhookEvent } from "./event";

/**
 * Returns whether an event is later in its message group than another one, by `sequence`. It protects against applying
 * an older event after a newer one if events arrive in parallel, as from the bus. Compare within a group only: a
 * provider, or a value of its ordering key. A replay and a redriven dead letter have a new sequence and an old content,
 * so they count as newer.
 * @param last `sequence` of the last event that was applied; undefined or null if there is none
 */
export function newerThan(
  { sequence }: Pick<WebhookEvent, "sequence">,
  last: string | bigint | null | undefined,
): boolean {
  return last === undefined || last === null || BigInt(sequence) > BigInt(last);
}
