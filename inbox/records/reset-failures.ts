import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { updateInput } from "../../functions/adapters/record-item";
import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";

/**
 * Resets what the record counts of failures before a webhook goes back into the queue: the workflow counts on from
 * there, and would call it poison at the first failure. Once per dead letter, so that a redrive that is repeated after
 * an interruption does not undo a later status. A record that TTL removed needs nothing.
 */
export async function resetFailures(
  { outputs, clients }: Inbox,
  webhook: Pick<Webhook, "provider" | "id" | "key" | "replay">,
  messageId: string,
): Promise<void> {
  try {
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: outputs.dynamodb_table_name,
        ...updateInput({
          pk: recordKey(webhook.provider, keyOf(webhook)),
          set: { status: "received", redrivenDeadLetter: messageId },
          more: "REMOVE failures, unresolved",
          ConditionExpression:
            "attribute_exists(pk) AND (attribute_not_exists(redrivenDeadLetter) OR redrivenDeadLetter <> :redrivenDeadLetter) " +
            "AND NOT (#status IN (:published, :filtered) AND replay >= :replay) AND #status <> :erased",
          values: {
            ":published": "published",
            ":filtered": "filtered",
            ":erased": "erased",
            ":replay": webhook.replay,
          },
        }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
