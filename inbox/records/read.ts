import { DescribeTableCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { fromItem, toItem } from "../../functions/adapters/record-item";
import type { StoredRecord } from "../../functions/domain/record";
import { recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { toRecord, type WebhookRecord } from "./record";

/** Reads the record of a webhook, strongly consistent; undefined if there is none. */
export async function readRecord(
  inbox: Inbox,
  provider: string,
  key: string,
): Promise<WebhookRecord | undefined> {
  const stored = await readStored(inbox, recordKey(provider, key));
  return stored && toRecord(stored);
}

/** Reads a record as it is stored, strongly consistent; undefined if there is none. */
export async function readStored(
  { outputs, clients }: Inbox,
  pk: string,
): Promise<Partial<StoredRecord> | undefined> {
  const { Item } = await clients.dynamodb.send(
    new GetItemCommand({
      TableName: outputs.dynamodb_table_name,
      Key: toItem({ pk }),
      ConsistentRead: true,
    }),
  );
  return Item && fromItem(Item);
}

/** Returns the approximate size of the table, which DynamoDB updates every six hours. */
export async function tableSize({ outputs, clients }: Inbox): Promise<{
  readonly items: number;
  readonly bytes: number;
}> {
  const { Table } = await clients.dynamodb.send(
    new DescribeTableCommand({ TableName: outputs.dynamodb_table_name }),
  );
  return { items: Number(Table?.ItemCount ?? 0), bytes: Number(Table?.TableSizeBytes ?? 0) };
}
