import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";

/**
 * Gives a webhook that goes back into the queue its tries again: the workflow counts failures on from what the record
 * holds, and would call it poison at the first one. Once per letter, so that a redrive that is run again after an
 * interruption does not undo what became of the webhook since. A record that TTL removed needs nothing.
 */
export function triesGivenBackIn(table: string, dynamodb: DynamoDBClient) {
  return async (webhook: Webhook, letterId: string): Promise<void> => {
    try {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: recordKey(webhook.provider, keyOf(webhook)) } },
          UpdateExpression: "SET #status = :received, redrivenLetter = :letter REMOVE failures, unresolved",
          ConditionExpression:
            "attribute_exists(pk) AND (attribute_not_exists(redrivenLetter) OR redrivenLetter <> :letter) " +
            "AND NOT (#status IN (:published, :filtered) AND replay >= :replay)",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":received": { S: "received" },
            ":published": { S: "published" },
            ":filtered": { S: "filtered" },
            ":letter": { S: letterId },
            ":replay": { N: String(webhook.replay) },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
}
