import { paginateScan } from "@aws-sdk/client-dynamodb";
import { fromItem, toValues } from "../../functions/adapters/record-item";
import type { StoredRecord } from "../../functions/domain/record";
import type { Inbox } from "../connect";
import { splitKey } from "./record";
import type { Erasable } from "./tombstone";

/** Selects records; an absent criterion matches all. */
export interface ErasableFilter {
  readonly provider?: string | undefined;
  readonly groups?: ReadonlySet<string> | undefined;
  /** Time before which the webhooks were received, RFC 3339. */
  readonly before?: string | undefined;
}

/** Milliseconds after a request for which the functions may still be processing it. */
const AT_WORK_MS = 60_000;

/**
 * Yields the records to erase. Scans the whole table, since its only key is provider and id. Skips tombstones of
 * completed erasures.
 */
export async function* selectToErase(
  { outputs, clients }: Inbox,
  { provider, groups, before }: ErasableFilter,
  signal: AbortSignal,
): AsyncGenerator<Erasable> {
  const conditions = [
    "attribute_exists(eventId)",
    "NOT (#status = :erased AND attribute_not_exists(s3Key))",
    ...(provider === undefined ? [] : ["#provider = :provider"]),
    ...(before === undefined ? [] : ["receivedAt < :before"]),
  ];
  const pages = paginateScan(
    { client: clients.dynamodb },
    {
      TableName: outputs.dynamodb_table_name,
      ConsistentRead: true,
      FilterExpression: conditions.join(" AND "),
      ExpressionAttributeNames: {
        "#status": "status",
        ...(provider !== undefined && { "#provider": "provider" }),
      },
      ExpressionAttributeValues: toValues({ ":erased": "erased", ":provider": provider, ":before": before }),
    },
  );
  for await (const { Items = [] } of pages) {
    signal.throwIfAborted();
    const records = Items.map(fromItem);
    yield* records.filter(({ group = "" }) => groups === undefined || groups.has(group)).map(toErasable);
  }
}

/** Returns what erasing needs of a record. */
export function toErasable(stored: Partial<StoredRecord>): Erasable {
  const { status, receivedAt = "", lastReceivedAt = receivedAt, operations = [], pk = "" } = stored;
  const { lastReplay = 0, doneReplay = -1, doneOnly = -1 } = stored;
  const { provider, key } = splitKey(pk);
  const latest = [lastReceivedAt, operations.at(-1)?.at ?? ""].sort().at(-1) ?? "";
  const atWork = Date.now() - Date.parse(latest) < AT_WORK_MS;
  const undecided =
    status === "received" || status === "failed" || lastReplay > Math.max(doneReplay, doneOnly);
  return {
    provider,
    key,
    id: stored.eventId ?? key,
    receivedAt,
    lastReplay,
    open: undecided || atWork,
    deadLettered: status === "dead_lettered",
  };
}
