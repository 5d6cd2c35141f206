import { describeError } from "./errors";
import type { Failure, GroupPorts } from "./group-ports";
import { CALL_MS, within } from "./group-time";
import type { ReceivedMessage } from "./message";
import type { WebhookError } from "./workflow";

/** Code of what was tried as often as allowed and never came to an end, so that nobody knows why. */
export const RECEIVES_EXHAUSTED = "ReceivesExhausted";

/** Replaces an error text that SQS rejects. */
const FIXED_REASON: WebhookError = {
  code: "ReasonNotKept",
  message: "SQS rejected the error text; see the webhook's record or the log.",
};

/**
 * Sends a poison message to the dead-letter queue; returns whether it is there. If SQS rejects its reason, a fixed one
 * replaces it: an error text must never block healthy webhooks. After a crash in here the queue's redrive policy
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
