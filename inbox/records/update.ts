import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { updateInput } from "../../functions/adapters/record-item";
import type { Inbox } from "../connect";

/**
 * Updates a record if its condition holds.
 * @returns whether it did
 */
export async function updateRecord(
  { outputs, clients }: Inbox,
  update: Parameters<typeof updateInput>[0],
): Promise<boolean> {
  const input = { TableName: outputs.dynamodb_table_name, ...updateInput(update) };
  try {
    await clients.dynamodb.send(new UpdateItemCommand(input));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
