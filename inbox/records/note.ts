import { appending } from "../../functions/adapters/record-item";
import type { Operation } from "../../functions/domain/record";
import { recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { updateRecord } from "./update";

/** Notes on a webhook's record what a person did to it, for its trace. A record that TTL removed stays removed. */
export async function noteOperation(
  inbox: Inbox,
  provider: string,
  key: string,
  operation: Operation,
): Promise<void> {
  const pk = recordKey(provider, key);
  await updateRecord(inbox, { pk, ...appending(operation), ConditionExpression: "attribute_exists(pk)" });
}
