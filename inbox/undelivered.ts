import type { Message } from "@aws-sdk/client-sqs";
import type { DeadLetter } from "./dead-letter";

/**
 * Reads a message of the queue of undelivered events: an event that EventBridge could not hand to a target of a rule.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function parseUndelivered(message: Message): DeadLetter {
  const { Attributes: system = {}, MessageId: messageId = "", Body: body = "" } = message;
  const attribute = (name: string) => message.MessageAttributes?.[name]?.StringValue ?? "";
  const deadLetteredAt = Number(system.SentTimestamp ?? 0);
  return {
    messageId,
    receiptHandle: message.ReceiptHandle ?? "",
    body,
    ...webhookIn(body),
    group: "",
    shared: false,
    receivedAt: new Date(deadLetteredAt).toISOString(),
    deadLetteredAt,
    sequence: "",
    reason: { code: attribute("ERROR_CODE") || "unknown", message: attribute("ERROR_MESSAGE") },
    target: attribute("TARGET_ARN"),
    // arn:aws:events:<region>:<account>:rule/<bus>/<name>
    rule: attribute("RULE_ARN").split("/").at(-1) ?? "",
  };
}

/**
 * Returns the webhook of an event, or of the text that an input transformer made of it for the events' log; nothing for
 * an event that another program published.
 */
function webhookIn(body: string): Pick<DeadLetter, "webhook"> {
  try {
    const event = JSON.parse(body) as { detail?: Record<string, unknown>; message?: unknown };
    if (typeof event.message === "string") return webhookIn(event.message);
    const { detail } = event;
    const { provider, id, type, replay } = detail ?? {};
    if (typeof provider !== "string" || typeof id !== "string") return {};
    return { webhook: { provider, id, type: String(type ?? ""), replay: Number(replay ?? 0), s3Key: "" } };
  } catch {
    return {};
  }
}
