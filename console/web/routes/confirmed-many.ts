import type { DeadLetterOperations } from "../../../inbox/operations/dead-letters";
import { OperationRejectedError } from "../../../inbox/operations/rejection";
import { HANDFUL, MANY_FIELD } from "../views/page";

/**
 * Redrives all dead letters with the error code that a form names, of a consumer or of the inbox.
 * @returns how many are left
 * @throws OperationRejectedError if they are many, and the form does not confirm this
 */
export async function confirmedMany(
  form: Readonly<Record<string, unknown>>,
  operations: DeadLetterOperations,
  consumer?: string,
): Promise<number> {
  const most = form[MANY_FIELD] === "yes" ? Infinity : HANDFUL;
  if (typeof form["code"] !== "string") throw new OperationRejectedError("No error was chosen.");
  return (await operations.redriveAll(form["code"], most, consumer)).left;
}
