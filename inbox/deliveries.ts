import { QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { UNRESOLVED_INDEX } from "../functions/adapters/indexes";
import { fromItem, toValues } from "../functions/adapters/record-item";
import { deliveriesOf, deliveryKey } from "../functions/domain/consumer-message";
import type { DeliveryState } from "../functions/domain/delivery-state";
import { recordKey } from "../functions/domain/webhook";
import type { Inbox } from "./connect";
import { consumerNamed } from "./outputs";
import { readAll } from "./records/read-many";
import { splitKey } from "./records/record";

/** A delivery to a consumer over HTTP, as the delivery function stored it in the table. */
export interface Delivery extends DeliveryState {
  readonly consumer: string;
  readonly provider: string;
  /** Key of the webhook. */
  readonly key: string;
  readonly replay: number;
}

/** A delivery that waits for its next attempt. */
export interface WaitingDelivery {
  readonly delivery: Delivery;
  /** Receipt handle of the message's last receive. */
  readonly receiptHandle: string;
}

const FACTS = ["status", "attempts", "at", "durationMs", "statusCode", "answer", "error", "nextAt"] as const;

/** Number of a webhook's replays whose deliveries are read, the last ones. */
const REPLAYS_READ = 10;

/** Reads a webhook's deliveries to consumers over HTTP, including its last replays; by consumer, then by replay. */
export async function deliveriesOfWebhook(
  inbox: Inbox,
  { provider, key, lastReplay }: { provider: string; key: string; lastReplay: number },
): Promise<readonly Delivery[]> {
  const consumers = Object.entries(inbox.outputs.consumer_queues).filter(([, { kind }]) => kind === "http");
  const first = Math.max(0, lastReplay - REPLAYS_READ);
  const replays = Array.from({ length: lastReplay - first + 1 }, (_, index) => first + index);
  const keys = consumers.flatMap(([consumer]) =>
    replays.map((replay) => deliveryKey(consumer, recordKey(provider, key), replay)),
  );
  const found = (await readAll(inbox, keys)).map((item) => toDelivery(item as unknown as StoredDelivery));
  return found.sort((a, b) =>
    a.consumer < b.consumer ? -1 : a.consumer > b.consumer ? 1 : a.replay - b.replay,
  );
}

/**
 * Reads the deliveries to a consumer over HTTP that wait for their next attempt, the oldest webhook's first. There is
 * at most one for each message group: the rest of the group waits behind it.
 * @param limit maximum number of deliveries
 */
export async function waitingDeliveries(
  inbox: Inbox,
  consumer: string,
  limit: number,
): Promise<readonly WaitingDelivery[]> {
  const keys: string[] = [];
  let ExclusiveStartKey: Parameters<typeof fromItem>[0];
  do {
    const page = await inbox.clients.dynamodb.send(
      new QueryCommand({
        TableName: inbox.outputs.dynamodb_table_name,
        IndexName: UNRESOLVED_INDEX,
        KeyConditionExpression: "#partition = :partition",
        ExpressionAttributeNames: { "#partition": UNRESOLVED_INDEX },
        ExpressionAttributeValues: toValues({ ":partition": deliveriesOf(consumer) }),
        ...(Number.isFinite(limit) && { Limit: limit - keys.length }),
        ExclusiveStartKey,
      }),
    );
    keys.push(...(page.Items ?? []).map((item) => fromItem(item).pk ?? ""));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && keys.length < limit);
  const found = new Map(
    (await readAll(inbox, keys)).map((item) => [item.pk ?? "", item as unknown as StoredDelivery]),
  );
  return keys.flatMap((key) => {
    const stored = found.get(key);
    // Skips deliveries that have ended meanwhile: the index lags behind the table.
    if (stored?.status !== "failed" || stored.receiptHandle === undefined) return [];
    return [{ delivery: toDelivery(stored), receiptHandle: stored.receiptHandle }];
  });
}

/**
 * Retries waiting deliveries at once, by making their messages visible in the consumer's queue. Skips those that are
 * being attempted at this moment, or are visible already.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 * @returns number of deliveries that are retried at once
 */
export async function tryAtOnce(inbox: Inbox, waiting: readonly WaitingDelivery[]): Promise<number> {
  let tried = 0;
  for (const { delivery, receiptHandle } of waiting) {
    const { queue_url: QueueUrl } = consumerNamed(delivery.consumer, inbox.outputs);
    try {
      await inbox.clients.sqs.changeMessageVisibility({
        QueueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: 0,
      });
      tried += 1;
    } catch (error) {
      if (!isNotInFlight(error)) throw error;
    }
  }
  return tried;
}

/** Returns whether an error of SQS says that the message is visible again, was received again, or is deleted. */
function isNotInFlight(error: unknown): boolean {
  return (
    error instanceof Error &&
    /MessageNotInflight|ReceiptHandleIsInvalid|InvalidParameterValue/.test(error.name)
  );
}

/**
 * Gives up a delivery that waits for its next attempt: makes its message visible at once, whereupon the delivery
 * function drops it. If the delivery is being attempted at this moment, the consumer's answer counts.
 */
export async function giveUp(inbox: Inbox, waiting: WaitingDelivery): Promise<void> {
  await inbox.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: inbox.outputs.dynamodb_table_name,
      Key: toValues({ pk: keyOfDelivery(waiting.delivery) }),
      UpdateExpression: "SET #status = :discarded REMOVE unresolved, nextAt",
      ConditionExpression: "#status = :failed",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: toValues({ ":discarded": "discarded", ":failed": "failed" }),
    }),
  );
  await tryAtOnce(inbox, [waiting]);
}

function keyOfDelivery({ consumer, provider, key, replay }: Delivery): string {
  return deliveryKey(consumer, recordKey(provider, key), replay);
}

/** An item of the table, see `createDeliveryStore`. */
interface StoredDelivery extends DeliveryState {
  readonly pk: string;
  readonly consumer: string;
  readonly receiptHandle?: string;
}

function toDelivery(stored: StoredDelivery): Delivery {
  const { pk, consumer } = stored;
  const rest = pk.slice(deliveriesOf(consumer).length + 1);
  const end = rest.lastIndexOf("#");
  const facts = Object.fromEntries(
    FACTS.flatMap((name) => (stored[name] === undefined ? [] : [[name, stored[name]]])),
  ) as unknown as DeliveryState;
  return { consumer, ...splitKey(rest.slice(0, end)), replay: Number(rest.slice(end + 1)), ...facts };
}
