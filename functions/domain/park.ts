import { tryParse } from "./chunk";
import { describeError } from "./errors";
import type { Failure, GroupPorts } from "./group-ports";
import { CALL_MS, within } from "./group-time";
import type { ReceivedMessage } from "./message";
import type { WebhookError } from "./workflow";

/** What is said of a failure whose own text the dead-letter queue does not take. */
const FIXED_REASON: WebhookError = {
  code: "ReasonNotKept",
  message: "The dead-letter queue did not take the reason; it is in the webhook's record and in the log.",
};

/**
 * Moves a poison message to the dead-letter queue; tells whether it is there. Where it is refused with its reason, it
 * goes with a fixed one: what an error says must never keep it in front of healthy ones.
 * A crash in here leaves it to the queue's own redrive policy.
 */
export async function park(message: ReceivedMessage, failure: Failure, ports: GroupPorts): Promise<boolean> {
  const context = { messageId: message.messageId, group: message.group };
  const taken = async (reason: Failure): Promise<boolean> => {
    try {
      await ports.deadLetters.park(message, reason, within(CALL_MS, ports));
      return true;
    } catch (error) {
      ports.log({ event: "webhook.park_failed", ...context, error: describeError(error) });
      return false;
    }
  };
  if (!(await taken(failure)) && !(await taken({ ...failure, error: FIXED_REASON }))) return false;
  ports.log({ event: "webhook.dead_lettered", ...context, ...failure });
  const webhook = tryParse(message);
  if (webhook) {
    try {
      await ports.records.recordDeadLettered(webhook, failure, within(CALL_MS, ports));
    } catch (error) {
      ports.log({ event: "webhook.record_failed", ...context, error: describeError(error) });
    }
  }
  return true;
}
