import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { appending, updateInput } from "../../functions/adapters/record-item";
import type { Operation } from "../../functions/domain/record";
import { recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";

/** Notes on a webhook's record what a person did to it, for its trace. A record that TTL removed stays removed. */
export async function noteOperation(
  { outputs, clients }: Inbox,
  provider: string,
  key: string,
  operation: Operation,
): Promise<void> {
  try {
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: outputs.dynamodb_table_name,
        ...updateInput({
          pk: recordKey(provider, key),
          ...appending(operation),
          ConditionExpression: "attribute_exists(pk)",
        }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
