import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { recentPartition, shardOf } from "../../functions/adapters/indexes";
import { toItem } from "../../functions/adapters/record-item";
import { recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../../inbox/connect";

/** Stores records of webhooks that were received a while ago, a second apart. @returns their ids, newest first */
export async function storeRecords(
  { clients, outputs }: Inbox,
  provider: string,
  count: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `old_${index}`);
  const requests = ids.map((id, index) => {
    const pk = recordKey(provider, id);
    const receivedAt = new Date(Date.now() - 60_000 - index * 1_000).toISOString();
    const recent = recentPartition(receivedAt, shardOf(pk));
    const Item = toItem({ pk, type: "thing.made", status: "published", receivedAt, recent });
    return { PutRequest: { Item } };
  });
  for (let from = 0; from < requests.length; from += 25) {
    const RequestItems = { [outputs.dynamodb_table_name]: requests.slice(from, from + 25) };
    await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems }));
  }
  return ids;
}
