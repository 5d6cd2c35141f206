import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { updateRecord } from "./update";

/**
 * Resets what the record counts of failures before a webhook goes back into the queue: the workflow counts on from
 * there, and would call it poison at the first failure. Once per dead letter, so that a redrive that is repeated after
 * an interruption does not undo a later status. A record that TTL removed needs nothing.
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
