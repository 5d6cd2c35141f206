import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { RECENT_INDEX, SHARDS, UNRESOLVED_INDEX } from "../../functions/adapters/indexes";
import { fromItem, toValues } from "../../functions/adapters/record-item";
import { DAY_MS } from "../../functions/domain/day";
import type { Inbox } from "../connect";
import { readRecords } from "./read-many";
import { splitKey, type WebhookRecord } from "./record";

/** Selects the webhooks to list. */
export interface ListQuery {
  readonly provider?: string;
  readonly status?: WebhookRecord["status"];
  readonly type?: string;
  /** Text that the id, the type, the group or the error contains, regardless of case. */
  readonly text?: string;
  /** Oldest receive time to list, RFC 3339. */
  readonly since: string;
  /** Token that continues from the previous page. */
  readonly cursor?: string;
  /** Rows of a page. @default 50 */
  readonly limit?: number;
}

export interface ListPage {
  /** Webhooks, newest first. */
  readonly rows: readonly WebhookRecord[];
  /** Token of the next page, if there may be more. */
  readonly next?: string;
}

/** Place of a webhook in the order of the list. */
interface Entry {
  readonly receivedAt: string;
  readonly key: string;
}

/** Entries of one shard that one query reads: at first if there is a filter, and at most. */
const SELECTIVE_PER_SHARD = 100;
const MAX_PER_SHARD = 400;

/**
 * Maximum number of entries that are read for one page, so that a rare filter answers in a bounded time; the next page
 * continues.
 */
const MAX_EXAMINED = 5_000;

/**
 * Maximum number of days that are read for one page; AWS bills some twenty queries for each. The next page continues.
 */
export const MAX_DAYS = 32;

/**
 * Lists webhooks, newest first, from the table's indexes: reads a little more than it returns, however large the table
 * is. Failed and dead-lettered ones are in a sparse index; every other filter is applied to what is read.
 */
export async function listWebhooks(inbox: Inbox, query: ListQuery): Promise<ListPage> {
  const limit = query.limit ?? 50;
  const partitions = isUnresolved(query.status)
    ? [{ index: UNRESOLVED_INDEX, name: query.status }]
    : days(query.since, query.cursor).map((day) => ({ index: RECENT_INDEX, name: day }));
  const read = partitions.slice(0, MAX_DAYS);
  const rows: WebhookRecord[] = [];
  let before = query.cursor === undefined ? undefined : decode(query.cursor);
  let examined = 0;
  // Filters on fields that only the record has match few entries, so more are read at once.
  const selective = query.type ?? query.text ?? (isUnresolved(query.status) ? undefined : query.status);
  let perShard = selective === undefined ? Math.ceil(limit / 3) : SELECTIVE_PER_SHARD;

  for (const partition of read) {
    for (let more = true; more;) {
      const page = await readPartition(inbox, partition, before, perShard);
      const entries = page.entries.filter(({ receivedAt }) => receivedAt >= query.since);
      const candidates = entries.filter(({ key }) => mayMatch(key, query));
      const records = await readRecords(
        inbox,
        candidates.map(({ key }) => key),
      );
      for (const entry of candidates) {
        const record = records.get(entry.key);
        if (!record || !matches(record, query)) continue;
        rows.push(record);
        if (rows.length === limit) return { rows, next: encode(entry) };
      }
      const last = entries.at(-1);
      if (last) before = last;
      // Reads more at once, since few entries match, or more than the limit were received in one millisecond.
      perShard = last ? Math.min(2 * perShard, MAX_PER_SHARD) : 2 * perShard;
      examined += entries.length;
      if (last && examined >= MAX_EXAMINED) return { rows, next: encode(last) };
      more = page.more && entries.length === page.entries.length;
    }
  }
  const unread = partitions[read.length];
  // Points behind every entry of the days that were read, and before the first one of the next day.
  return {
    rows,
    ...(unread && { next: encode({ receivedAt: `${unread.name}T23:59:59.999Z`, key: "\uffff" }) }),
  };
}

function isUnresolved(status: ListQuery["status"]): status is "failed" | "dead_lettered" {
  return status === "failed" || status === "dead_lettered";
}

/** Returns the days that can contain rows, the newest first. */
function days(since: string, cursor: string | undefined): string[] {
  // Begins in the future: the clocks of this machine and of the functions may differ.
  const newest = cursor === undefined ? Date.now() + 60_000 : Date.parse(decode(cursor).receivedAt);
  const oldest = since.slice(0, 10);
  const found: string[] = [];
  for (let at = newest; ; at -= DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (day < oldest) return found;
    found.push(day);
  }
}

/** Returns the newest entries of a partition's shards, in order; `more` if there are older ones. */
async function readPartition(
  inbox: Inbox,
  { index, name }: { index: string; name: string },
  before: Entry | undefined,
  perShard: number,
): Promise<{ entries: Entry[]; more: boolean }> {
  const shards = await Promise.all(
    SHARDS.map(async (shard) => {
      const { Items = [], LastEvaluatedKey } = await inbox.clients.dynamodb.send(
        new QueryCommand({
          TableName: inbox.outputs.dynamodb_table_name,
          IndexName: index,
          KeyConditionExpression: `#partition = :partition${before ? " AND receivedAt <= :before" : ""}`,
          ExpressionAttributeNames: { "#partition": index },
          ExpressionAttributeValues: toValues({
            ":partition": `${name}#${shard}`,
            ":before": before?.receivedAt,
          }),
          ScanIndexForward: false,
          Limit: perShard,
        }),
      );
      const entries = Items.map(fromItem).map(({ receivedAt = "", pk = "" }) => ({ receivedAt, key: pk }));
      return { entries, more: LastEvaluatedKey !== undefined };
    }),
  );
  // Drops entries that are not newer than the oldest of a shard with more entries: others may belong between them.
  const known = shards.flatMap(({ entries, more }) => (more ? [entries.at(-1)?.receivedAt ?? ""] : []));
  const horizon = known.sort().at(-1) ?? "";
  const entries = shards
    .flatMap((shard) => shard.entries)
    .filter((entry) => entry.receivedAt > horizon && (!before || inOrder(before, entry) < 0))
    .sort(inOrder);
  return { entries, more: known.length > 0 };
}

/** Compares entries: newest first, and by key within one millisecond. */
function inOrder(a: Entry, b: Entry): number {
  if (a.receivedAt !== b.receivedAt) return a.receivedAt > b.receivedAt ? -1 : 1;
  if (a.key === b.key) return 0;
  return a.key > b.key ? -1 : 1;
}

function mayMatch(key: string, { provider }: ListQuery): boolean {
  return provider === undefined || splitKey(key).provider === provider;
}

function matches(record: WebhookRecord, { status, type, text }: ListQuery): boolean {
  if (status !== undefined && record.status !== status) return false;
  if (type !== undefined && !record.type.toLowerCase().includes(type.toLowerCase())) return false;
  if (text === undefined) return true;
  const { id, group, error } = record;
  const found = [id, record.type, group, error?.code, error?.message].join("\n").toLowerCase();
  return found.includes(text.toLowerCase());
}

function encode({ receivedAt, key }: Entry): string {
  return Buffer.from(JSON.stringify([receivedAt, key])).toString("base64url");
}

/** @throws {RangeError} if it was not made by {@link encode} */
function decode(cursor: string): Entry {
  try {
    const [receivedAt, key] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    if (typeof receivedAt === "string" && typeof key === "string" && !Number.isNaN(Date.parse(receivedAt))) {
      return { receivedAt, key };
    }
  } catch {
    // Falls through to the error below.
  }
  throw new RangeError("the cursor is not one of this list's");
}
