import { createHash } from "node:crypto";
import type { Status } from "../domain/record";

/**
 * Names the table's two indexes, from which lists are read without scans. Both project only keys, so a status change
 * writes to them only if a failure begins or ends.
 *
 * - `recent`: every webhook, by the day it was received. Partition `<day>#<shard>`, sorted by `receivedAt`.
 * - `unresolved`: sparse, with three kinds of items:
 *   - Webhooks that failed or are dead-lettered. Partition `<status>#<shard>`.
 *   - Deliveries to consumers over HTTP that wait for their next attempt, at most one of each message group. Partition
 *     `_delivery#<consumer>`.
 *   - Groups of a paused provider that have held messages. Partition `held#<provider>`.
 *
 * `statemachines/expressions/status-updates.jsonata` writes the same values.
 */
export const RECENT_INDEX = "recent";
export const UNRESOLVED_INDEX = "unresolved";

/**
 * Partitions per day. One takes 1,000 writes a second, and DynamoDB cannot split one whose sort key only grows: sixteen
 * hold the API's 10,000 requests a second with room for uneven hashes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
 */
const SHARD_COUNT = 16;

const shardName = (shard: number) => String(shard).padStart(2, "0");

/**
 * Names of all shards, which lists read. Marked as pure so that functions without lists leave it out of their bundles.
 */
export const SHARDS: readonly string[] = /* @__PURE__ */ Array.from({ length: SHARD_COUNT }, (_, shard) =>
  shardName(shard),
);

/** Returns the shard of a record, from the hash of its key. */
export function shardOf(key: string): string {
  const [byte = 0] = createHash("sha256").update(key).digest();
  return shardName(byte % SHARD_COUNT);
}

/** Returns the partition of the index `recent`. @param receivedAt RFC 3339, in UTC */
export function recentPartition(receivedAt: string, shard: string): string {
  return `${receivedAt.slice(0, "2026-01-02".length)}#${shard}`;
}

/** Returns the partition of the index `unresolved` with webhooks of this status. */
export function unresolvedPartition(
  status: Extract<Status, "failed" | "dead_lettered">,
  shard: string,
): string {
  return `${status}#${shard}`;
}

/** Returns the partition of the index `unresolved` with the groups of a provider that have held messages. */
export function heldPartition(provider: string): string {
  return `held#${provider}`;
}
