import { paginateQuery } from "@aws-sdk/client-dynamodb";
import { RECENT_INDEX, SHARDS } from "../../functions/adapters/indexes";
import { fromItem, toValues } from "../../functions/adapters/record-item";
import { DAY_MS } from "../../functions/domain/day";
import type { Inbox } from "../connect";

/** A webhook in the order of arrival. */
export interface Arrival {
  /** Time of receipt, RFC 3339. */
  readonly receivedAt: string;
  /** Primary key of its record. */
  readonly key: string;
}

/** Milliseconds by which the functions' clocks may be ahead: the next day is read from this long before it begins. */
const AHEAD_MS = 60_000;

/** Returns the days in UTC that contain everything received between two moments, the oldest first. */
export function daysBetween(from: number, to: number): readonly string[] {
  const days: string[] = [];
  for (let at = from - (from % DAY_MS); at <= to; at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/**
 * Returns all webhooks that were received since a moment, in order, from the table's index: sixteen queries for each
 * day.
 * @param since milliseconds since the epoch, as `now`
 */
export async function readArrivals(inbox: Inbox, since: number, now: number): Promise<readonly Arrival[]> {
  const from = new Date(since).toISOString();
  const partitions = daysBetween(since, now + AHEAD_MS).flatMap((day) =>
    SHARDS.map((shard) => `${day}#${shard}`),
  );
  const found = await Promise.all(partitions.map((partition) => readPartition(inbox, partition, from)));
  return found.flat().sort(inOrder);
}

async function readPartition(inbox: Inbox, partition: string, from: string): Promise<Arrival[]> {
  const pages = paginateQuery(
    { client: inbox.clients.dynamodb },
    {
      TableName: inbox.outputs.dynamodb_table_name,
      IndexName: RECENT_INDEX,
      KeyConditionExpression: "#partition = :partition AND receivedAt >= :from",
      ExpressionAttributeNames: { "#partition": RECENT_INDEX },
      ExpressionAttributeValues: toValues({ ":partition": partition, ":from": from }),
    },
  );
  const found: Arrival[] = [];
  for await (const { Items = [] } of pages) {
    found.push(...Items.map(fromItem).map(({ receivedAt = "", pk = "" }) => ({ receivedAt, key: pk })));
  }
  return found;
}

/** Compares by the moment of arrival, and by key within one millisecond. */
export function inOrder(a: Arrival, b: Arrival): number {
  if (a.receivedAt !== b.receivedAt) return a.receivedAt < b.receivedAt ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
