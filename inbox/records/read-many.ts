import { BatchGetItemCommand, type BatchGetItemCommandOutput } from "@aws-sdk/client-dynamodb";
import { fromItem, toItem } from "../../functions/adapters/record-item";
import type { StoredRecord } from "../../functions/domain/record";
import type { Inbox } from "../connect";
import { toRecord, type WebhookRecord } from "./record";
import { portions } from "../portions";

/**
 * Maximum number of keys in one call of BatchGetItem.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
const BATCH = 100;

/** Number of batches that are read concurrently. */
const AT_ONCE = 8;

/** Reads records by their keys, in no order; those that are gone are left out. */
export async function readRecords(
  inbox: Inbox,
  keys: readonly string[],
): Promise<ReadonlyMap<string, WebhookRecord>> {
  const found = await readAll(inbox, keys);
  return new Map(found.map((stored) => [stored.pk ?? "", toRecord(stored)]));
}

/** Returns which of these record keys are in the table. */
export async function knownKeys(inbox: Inbox, keys: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await readAll(inbox, keys, "pk")).map(({ pk = "" }) => pk));
}

/** Reads items by their keys, in no order; those that are gone are left out. */
export async function readAll(
  { outputs, clients }: Inbox,
  keys: readonly string[],
  ProjectionExpression?: string,
): Promise<Partial<StoredRecord>[]> {
  const table = outputs.dynamodb_table_name;
  const read = async (batch: readonly string[]): Promise<Partial<StoredRecord>[]> => {
    const Keys = batch.map((pk) => toItem({ pk }));
    const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await clients.dynamodb.send(
      new BatchGetItemCommand({
        RequestItems: { [table]: { Keys, ...(ProjectionExpression && { ProjectionExpression }) } },
      }),
    );
    const left = UnprocessedKeys?.[table]?.Keys?.map((key) => fromItem(key).pk ?? "") ?? [];
    return [...(Responses?.[table]?.map(fromItem) ?? []), ...(left.length > 0 ? await read(left) : [])];
  };
  const found: Partial<StoredRecord>[] = [];
  for (const batches of portions([...portions(keys, BATCH)], AT_ONCE))
    found.push(...(await Promise.all(batches.map(read))).flat());
  return found;
}
