import { hasCode } from "./aws-error";
import { deliveriesOf, deliveryKey, eventOf, type ConsumerMessage } from "../domain/consumer-message";
import type { DeliverPorts } from "../domain/deliver-ports";
import type { DeliveryState } from "../domain/delivery-state";
import { fromValues, toValues, type Item } from "./record-item";
import { jsonOperation, type SignedCall } from "./signed-calls";
import { orUnavailable } from "./unavailable";

/** Seconds for which the count of the calls in one second is kept. */
const COUNT_KEPT_SECONDS = 3_600;

/** Stores the state of each delivery in the webhooks' table. */
export function createDeliveryStore(
  { tableName, consumer, keptSeconds }: { tableName: string; consumer: string; keptSeconds: number },
  call: SignedCall,
): DeliverPorts["deliveries"] {
  const get = jsonOperation(call, "dynamodb", "DynamoDB_20120810.GetItem");
  const put = jsonOperation(call, "dynamodb", "DynamoDB_20120810.PutItem");
  const keyOf = (message: ConsumerMessage) => ({
    pk: deliveryKey(consumer, message.recordKey, eventOf(message).replay),
  });
  return {
    async read(message) {
      const query = { TableName: tableName, Key: toValues(keyOf(message)), ConsistentRead: true };
      const { Item: item } = await orUnavailable("DynamoDB GetItem (delivery)", get(query));
      return item === undefined ? undefined : (fromValues(item as Item) as unknown as DeliveryState);
    },
    async write(message, state) {
      const expiresAt = Math.floor(Date.now() / 1_000) + keptSeconds;
      // Add the delivery to the index only while it waits, with the receipt handle that can make its message visible at
      // once.
      const waiting = state.status === "failed" && {
        unresolved: deliveriesOf(consumer),
        receivedAt: eventOf(message).receivedat,
        receiptHandle: message.receiptHandle,
      };
      const item = toValues({ ...keyOf(message), ...state, ...waiting, consumer, expiresAt });
      await orUnavailable("DynamoDB PutItem (delivery)", put({ TableName: tableName, Item: item }));
    },
  };
}

/**
 * Counts the calls of all instances in each second, in an item of the webhooks' table.
 * @param perSecond maximum number of calls in one second; if undefined, calls are not counted
 */
export function createRate(
  { tableName, consumer, perSecond }: { tableName: string; consumer: string; perSecond: number | undefined },
  call: SignedCall,
  now: () => number,
): DeliverPorts["rate"] {
  const update = jsonOperation(call, "dynamodb", "DynamoDB_20120810.UpdateItem");
  return {
    async take() {
      if (perSecond === undefined) return true;
      const second = Math.floor(now() / 1_000);
      try {
        await update({
          TableName: tableName,
          Key: toValues({ pk: `_rate#${consumer}#${second}` }),
          UpdateExpression: "SET expiresAt = :expiresAt ADD calls :one",
          ConditionExpression: "attribute_not_exists(calls) OR calls < :most",
          ExpressionAttributeValues: toValues({
            ":expiresAt": second + COUNT_KEPT_SECONDS,
            ":one": 1,
            ":most": perSecond,
          }),
        });
        return true;
      } catch (error) {
        if (hasCode(error, "ConditionalCheckFailedException")) return false;
        throw error;
      }
    },
  };
}
