import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";

/**
 * Resets what the record counts of failures before a webhook goes back into the queue: the workflow counts on from
 * there, and would call it poison at the first failure. Once per dead letter, so that a redrive that is repeated after
 * an interruption does not undo a later status. A record that TTL removed needs nothing.
 */
export async function resetFailures(
  { outputs, clients }: Inbox,
  webhook: Webhook,
  messageId: string,
): Promise<void> {
  try {
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: outputs.dynamodb_table_name,
        Key: { pk: { S: recordKey(webhook.provider, keyOf(webhook)) } },
        UpdateExpression:
          "SET #status = :received, redrivenDeadLetter = :messageId REMOVE failures, unresolved",
        ConditionExpression:
          "attribute_exists(pk) AND (attribute_not_exists(redrivenDeadLetter) OR redrivenDeadLetter <> :messageId) " +
          "AND NOT (#status IN (:published, :filtered) AND replay >= :replay)",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":received": { S: "received" },
          ":published": { S: "published" },
          ":filtered": { S: "filtered" },
          ":messageId": { S: messageId },
          ":replay": { N: String(webhook.replay) },
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
