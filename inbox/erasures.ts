import { GetItemCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { randomBytes } from "node:crypto";
import { RECENT_INDEX } from "../functions/adapters/indexes";
import { fromItem, fromValues, toItem, toValues } from "../functions/adapters/record-item";
import type { StoredErasure } from "../functions/domain/record";
import type { Inbox } from "./connect";

/** Partition of erasures in the index of recent webhooks; partitions of webhooks begin with a day. */
const PARTITION = "_erasures";

/** Number of erasures that are listed, the newest ones. */
const LISTED = 100;

/** Who erases, and why. */
export type Erasing = Pick<StoredErasure, "by" | "reason">;

/** Returns a new audit entry, to be written before anything is erased. */
export function newErasure(erasing: Erasing, webhooks: number, now: number): StoredErasure {
  const receivedAt = new Date(now).toISOString();
  const pk = `_erasure#${receivedAt}-${randomBytes(4).toString("hex")}`;
  return { pk, recent: PARTITION, receivedAt, ...erasing, webhooks };
}

/** Writes an audit entry, which does not expire. */
export async function writeErasure({ outputs, clients }: Inbox, erasure: StoredErasure): Promise<void> {
  await clients.dynamodb.send(
    new PutItemCommand({ TableName: outputs.dynamodb_table_name, Item: toValues(erasure) }),
  );
}

/** Reads what was erased, when, by whom and why; the newest first. */
export async function readErasures({ outputs, clients }: Inbox): Promise<readonly StoredErasure[]> {
  const TableName = outputs.dynamodb_table_name;
  const { Items = [] } = await clients.dynamodb.send(
    new QueryCommand({
      TableName,
      IndexName: RECENT_INDEX,
      KeyConditionExpression: "#partition = :partition",
      ExpressionAttributeNames: { "#partition": RECENT_INDEX },
      ExpressionAttributeValues: toValues({ ":partition": PARTITION }),
      ScanIndexForward: false,
      Limit: LISTED,
    }),
  );
  const read = async (pk: string) =>
    (await clients.dynamodb.send(new GetItemCommand({ TableName, Key: toItem({ pk }) }))).Item ?? {};
  const items = await Promise.all(Items.map((item) => read(fromItem(item).pk ?? "")));
  return items.map((item) => fromValues(item) as unknown as StoredErasure);
}
