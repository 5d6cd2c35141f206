import { describeError } from "./errors";
import type { Failure, GroupPorts } from "./group-ports";
import { CALL_MS, within } from "./group-time";
import type { ReceivedMessage } from "./message";
import type { WebhookError } from "./workflow";

/** Error code of a message that was received as often as allowed and never finished, for an unknown reason. */
export const RECEIVES_EXHAUSTED = "ReceivesExhausted";

/** Error that replaces one whose text SQS rejects. */
const FIXED_REASON: WebhookError = {
  code: "ReasonNotKept",
  message: "SQS rejected the error text; see the webhook's record or the log.",
};

/**
 * Sends a poison message to the dead-letter queue; returns whether it is there. If SQS rejects the error, a fixed one
 * replaces it: an error text must never block healthy webhooks. If this function crashes, the queue's redrive policy
 * applies.
 */
export async function deadLetter(
  message: ReceivedMessage,
  failure: Failure,
  ports: GroupPorts,
): Promise<boolean> {
  const context = { messageId: message.messageId, group: message.group };
  const taken = async (reason: Failure): Promise<boolean> => {
    try {
      await ports.deadLetters.send(message, reason, within(CALL_MS, ports));
      return true;
    } catch (error) {
      ports.log({ event: "webhook.dead_letter_failed", ...context, error: describeError(error) });
      return false;
    }
  };
  if (!(await taken(failure)) && !(await taken({ ...failure, error: FIXED_REASON }))) return false;
  ports.log({ event: "webhook.dead_lettered", ...context, ...failure });
  const { webhook } = message;
  if (webhook) {
    try {
      await ports.records.recordDeadLettered(webhook, failure, within(CALL_MS, ports));
    } catch (error) {
      ports.log({ event: "webhook.record_failed", ...context, error: describeError(error) });
    }
  }
  return true;
}
