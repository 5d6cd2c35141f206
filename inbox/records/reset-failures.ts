import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { updateRecord } from "./update";

/**
 * Resets a record's failure count before its webhook is queued again: the workflow continues the count, and would treat
 * the webhook as poison at the first failure. Does so once per dead letter, so that a redrive that is repeated after an
 * interruption does not undo a later status. Does nothing if TTL removed the record.
 */
export async function resetFailures(
  inbox: Inbox,
  webhook: Pick<Webhook, "provider" | "id" | "key" | "replay">,
  messageId: string,
): Promise<void> {
  await updateRecord(inbox, {
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
  });
}
