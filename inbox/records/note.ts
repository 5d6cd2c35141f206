import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Operation } from "../../functions/domain/record";
import { recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { fromOperation } from "./item";

/** Appends an operation to `operations`; with the values of {@link appendedValues}. */
export const APPEND_OPERATION = "operations = list_append(if_not_exists(operations, :none), :operations)";

/** Values of {@link APPEND_OPERATION}. */
export function appendedValues(operation: Operation) {
  return { ":none": { L: [] }, ":operations": { L: [fromOperation(operation)] } };
}

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
        Key: { pk: { S: recordKey(provider, key) } },
        UpdateExpression: `SET ${APPEND_OPERATION}`,
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: appendedValues(operation),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
