import { paginateScan } from "@aws-sdk/client-dynamodb";
import { fromItem, toValues } from "../../functions/adapters/record-item";
import type { Status, StoredRecord } from "../../functions/domain/record";
import type { Webhook } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { readStored } from "./read";
import { toRecord, toReplayState, type ReplayState } from "./record";

/** A webhook by its record, or by its raw payload if the record has expired. */
export interface StoredWebhook extends Omit<Webhook, "replay" | "data" | "dataBase64"> {
  readonly group: string;
  /** Time of receipt, RFC 3339. */
  readonly receivedAt: string;
  /** Status of the record; this and the fields below are absent if there is no record. */
  readonly status?: Status;
  /** When it was dead-lettered last, RFC 3339, if it ever was. */
  readonly deadLetteredAt?: string;
  readonly state?: ReplayState;
}

/** A webhook by its record. The group can be missing: records that the workflow creates have none. */
export type RecordedWebhook = Omit<StoredWebhook, "group"> & { readonly group?: string };

/** Selects records; an absent criterion matches all. */
export interface RecordFilter {
  readonly provider?: string;
  readonly type?: string;
  /** Times of receipt, RFC 3339 as in records: `since` is included, `until` is not. */
  readonly since?: string;
  readonly until?: string;
  readonly statuses: readonly Status[];
}

/** Reads the record of a webhook to replay by its primary key; undefined if there is none. */
export async function readRecorded(inbox: Inbox, pk: string): Promise<RecordedWebhook | undefined> {
  const stored = await readStored(inbox, pk);
  return stored && toRecorded(stored);
}

/**
 * Yields the records that match. Scans the whole table, since its only key is provider and id.
 * @param run id of a run: records that it created for webhooks without one match whatever their status is
 */
export async function* selectRecords(
  { outputs, clients }: Inbox,
  filter: RecordFilter,
  run: string,
  signal: AbortSignal,
): AsyncGenerator<RecordedWebhook> {
  const pages = paginateScan(
    { client: clients.dynamodb },
    { TableName: outputs.dynamodb_table_name, ConsistentRead: true, ...conditionOf(filter, run) },
  );
  for await (const { Items = [] } of pages) {
    signal.throwIfAborted();
    yield* Items.map(fromItem).map(toRecorded);
  }
}

function conditionOf(filter: RecordFilter, run: string) {
  const names: Record<string, string> = { "#status": "status" };
  const values: Record<string, string> = { ":firstOfRun": `1:${run}` };
  const statuses = filter.statuses.map((status, index) => {
    values[`:status${index}`] = status;
    return `:status${index}`;
  });
  const conditions = [
    `(#status IN (${statuses.join(", ")}) OR contains(replays, :firstOfRun))`,
    // Excludes deliveries to consumers, which are in the same table.
    "attribute_not_exists(consumer)",
  ];
  const compare = (field: string, operator: string, value: string | undefined) => {
    if (value === undefined) return;
    const placeholder = `:v${conditions.length}`;
    names[`#${field}`] = field;
    values[placeholder] = value;
    conditions.push(`#${field} ${operator} ${placeholder}`);
  };
  compare("provider", "=", filter.provider);
  compare("type", "=", filter.type);
  compare("receivedAt", ">=", filter.since);
  compare("receivedAt", "<", filter.until);
  return {
    FilterExpression: conditions.join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: toValues(values),
  };
}

type Identity = Pick<Webhook, "provider" | "id" | "type"> & {
  readonly key?: string | undefined;
  readonly time?: string | undefined;
};

/**
 * Returns the identity of a webhook in the shape of a message: without a key that equals the id, and without an absent
 * time.
 */
export function identified({ provider, id, key = id, type, time }: Identity) {
  return { provider, id, ...(key !== id && { key }), type, ...(time !== undefined && { time }) };
}

function toRecorded(stored: Partial<StoredRecord>): RecordedWebhook {
  const record = toRecord(stored);
  const { contentType = "", size = 0, s3Key = "" } = record;
  const { group, receivedAt, status, deadLetteredAt, receivedVia } = record;
  return {
    ...identified(record),
    contentType,
    size,
    s3Key,
    ...(receivedVia !== undefined && { receivedVia }),
    ...(group !== undefined && { group }),
    receivedAt,
    status,
    ...(deadLetteredAt !== undefined && { deadLetteredAt }),
    state: toReplayState(stored),
  };
}
