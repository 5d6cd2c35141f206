import type { WebhookEvent } from "./event";

/**
 * Returns whether an event is behind another one in its message group, by `sequence`: the guard against going back where
 * events come side by side, as from the bus. Compare within a group only: a provider, or a value of its ordering key.
 * A replay and a redriven dead letter have a new sequence and an old content, so they count as newer.
 * @param last `sequence` of the last event that was applied; undefined or null if there is none
 */
export function newerThan(
  { sequence }: Pick<WebhookEvent, "sequence">,
  last: string | bigint | null | undefined,
): boolean {
  return last === undefined || last === null || BigInt(sequence) > BigInt(last);
}
