import { deliveryKey, type ConsumerMessage } from "../domain/consumer-message";
import type { DeliverPorts, DeliveryState } from "../domain/deliver-ports";
import { hasCode } from "./aws-error";
import { jsonOperation, type SignedCall } from "./signed-calls";
import { orUnavailable } from "./unavailable";

/** Seconds that the count of calls in one second is kept. */
const COUNT_KEPT_SECONDS = 3_600;

type Text = { readonly S: string };
type Amount = { readonly N: string };
type Item = Readonly<Record<string, Text | Amount>>;

const TEXTS = ["status", "at", "answer", "error", "nextAt"] as const;
const NUMBERS = ["attempts", "durationMs", "statusCode"] as const;

/** Writes what {@link deliveryIn} reads. */
function itemOf(state: DeliveryState): Item {
  return {
    ...Object.fromEntries(
      TEXTS.flatMap((name) => (state[name] === undefined ? [] : [[name, { S: state[name] }]])),
    ),
    ...Object.fromEntries(
      NUMBERS.flatMap((name) => (state[name] === undefined ? [] : [[name, { N: String(state[name]) }]])),
    ),
  };
}

/** Reads an item of the table. */
export function deliveryIn(item: Readonly<Record<string, Partial<Text & Amount>>>): DeliveryState {
  const texts = TEXTS.flatMap((name) => (item[name]?.S === undefined ? [] : [[name, item[name].S]]));
  const numbers = NUMBERS.flatMap((name) =>
    item[name]?.N === undefined ? [] : [[name, Number(item[name].N)]],
  );
  return Object.fromEntries([...texts, ...numbers]) as DeliveryState;
}

function dynamodb(call: SignedCall) {
  return (operation: string, body: unknown) =>
    jsonOperation(call, "dynamodb", `DynamoDB_20120810.${operation}`)(body);
}

/** Keeps what became of each delivery in the webhooks' table. */
export function createDeliveryStore(
  { tableName, consumer, keptSeconds }: { tableName: string; consumer: string; keptSeconds: number },
  call: SignedCall,
): DeliverPorts["deliveries"] {
  const table = dynamodb(call);
  const keyOf = (message: ConsumerMessage) => ({ pk: { S: deliveryKey(consumer, message) } });
  return {
    async read(message) {
      const query = { TableName: tableName, Key: keyOf(message), ConsistentRead: true };
      const { Item: item } = await orUnavailable("DynamoDB GetItem (delivery)", table("GetItem", query));
      return item === undefined ? undefined : deliveryIn(item as Item);
    },
    async write(message, state) {
      const expiresAt = { N: String(Math.floor(Date.now() / 1_000) + keptSeconds) };
      const item = { ...keyOf(message), ...itemOf(state), consumer: { S: consumer }, expiresAt };
      await orUnavailable(
        "DynamoDB PutItem (delivery)",
        table("PutItem", { TableName: tableName, Item: item }),
      );
    },
  };
}

/**
 * Counts the calls of all instances in each second, in an item of the webhooks' table.
 * @param perSecond most calls in one second; undefined does not count
 */
export function createRate(
  { tableName, consumer, perSecond }: { tableName: string; consumer: string; perSecond: number | undefined },
  call: SignedCall,
  now: () => number,
): DeliverPorts["rate"] {
  const table = dynamodb(call);
  return {
    async take() {
      if (perSecond === undefined) return true;
      const second = Math.floor(now() / 1_000);
      try {
        await table("UpdateItem", {
          TableName: tableName,
          Key: { pk: { S: `_rate#${consumer}#${second}` } },
          UpdateExpression: "SET expiresAt = :expiresAt ADD calls :one",
          ConditionExpression: "attribute_not_exists(calls) OR calls < :most",
          ExpressionAttributeValues: {
            ":expiresAt": { N: String(second + COUNT_KEPT_SECONDS) },
            ":one": { N: "1" },
            ":most": { N: String(perSecond) },
          },
        });
        return true;
      } catch (error) {
        if (hasCode(error, "ConditionalCheckFailedException")) return false;
        throw error;
      }
    },
  };
}
