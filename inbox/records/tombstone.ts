import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { recentPartition, shardOf } from "../../functions/adapters/indexes";
import { toItem, updateInput } from "../../functions/adapters/record-item";
import { ERASED_REPLAY, type Operation, type Tombstone } from "../../functions/domain/record";
import { recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";

/**
 * Days that a tombstone stays at least, so that a webhook that its provider sends again later stays erased: a year and a
 * month.
 */
const TOMBSTONE_DAYS = 400;

/** A webhook to erase. */
export interface Erasable {
  readonly provider: string;
  /** Key of the webhook within its provider. */
  readonly key: string;
  /** Event id. */
  readonly id: string;
  /** Time of receipt, RFC 3339. */
  readonly receivedAt: string;
  /** Highest replay number of the webhook. */
  readonly lastReplay: number;
  /** Whether the inbox may still be working on it. */
  readonly open: boolean;
  /** Whether it is dead-lettered. */
  readonly deadLettered: boolean;
}

/**
 * Marks a webhook as erased, so that nothing more is done with it. The record keeps its other fields, so that an
 * interrupted erasure finds it again.
 */
export async function closeRecord(
  { outputs, clients }: Inbox,
  webhook: Erasable,
  operation: Operation,
): Promise<void> {
  const { pk, provider, eventId, receivedAt, recent, ...closed } = tombstoneOf(webhook, operation, outputs);
  const update = updateInput({
    pk,
    set: closed,
    setIfAbsent: { provider, eventId, receivedAt, recent },
    more: "REMOVE unresolved",
  });
  await clients.dynamodb.send(new UpdateItemCommand({ TableName: outputs.dynamodb_table_name, ...update }));
}

/** Replaces a webhook's record with its tombstone. */
export async function buryRecord(
  { outputs, clients }: Inbox,
  webhook: Erasable,
  operation: Operation,
): Promise<void> {
  const Item = toItem(tombstoneOf(webhook, operation, outputs));
  await clients.dynamodb.send(new PutItemCommand({ TableName: outputs.dynamodb_table_name, Item }));
}

/** Removes the items of a webhook's deliveries to consumers over HTTP: their errors can quote an answer. */
export async function removeDeliveries(inbox: Inbox, webhook: Erasable): Promise<void> {
  const { outputs } = inbox;
  const called = Object.entries(outputs.consumer_queues).filter(([, { kind }]) => kind === "http");
  for (const [consumer] of called) {
    for (let replay = 0; replay <= webhook.lastReplay; replay += 1)
      await removeItem(inbox, `_delivery#${consumer}#${recordKey(webhook.provider, webhook.key)}#${replay}`);
  }
}

/** Removes the item of a message group, whose name holds the ordering key's value. */
export const removeGroup = (inbox: Inbox, group: string): Promise<void> =>
  removeItem(inbox, `_group#${group}`);

async function removeItem({ outputs, clients }: Inbox, pk: string): Promise<void> {
  await clients.dynamodb.send(
    new DeleteItemCommand({ TableName: outputs.dynamodb_table_name, Key: toItem({ pk }) }),
  );
}

function tombstoneOf(
  { provider, key, id, receivedAt }: Erasable,
  operation: Operation,
  { record_retention_days: days }: Inbox["outputs"],
): Tombstone {
  const pk = recordKey(provider, key);
  return {
    pk,
    status: "erased",
    provider,
    eventId: id,
    receivedAt,
    recent: recentPartition(receivedAt, shardOf(pk)),
    doneReplay: ERASED_REPLAY,
    doneOnly: ERASED_REPLAY,
    operations: [operation],
    expiresAt: Math.floor(Date.now() / 1_000) + Math.max(days, TOMBSTONE_DAYS) * 86_400,
  };
}
