import { SendMessageCommand, SQS, SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { encodeAttributes } from "../../functions/adapters/message-attributes";
import { createDeadLetterSender } from "../../functions/adapters/queue";
import type { Webhook } from "../../functions/domain/webhook";
import { aWebhook } from "./a-webhook";
import type { Inbox } from "./inbox";

/** Returns a webhook as it is in the dead-letter queue. */
export function webhook(provider: string, id: string): Webhook {
  const data = JSON.stringify({ id });
  return aWebhook(id, { provider, size: data.length, s3Key: `raw/${provider}/${id}/x`, data });
}

/** Puts a webhook into the dead-letter queue as the processor does. */
export async function addDeadLetter(
  { stack }: Inbox,
  provider: string,
  id: string,
  over: { receivedAt?: string; reason?: string } = {},
): Promise<void> {
  const { receivedAt = new Date().toISOString(), reason = "States.QueryEvaluationError" } = over;
  const message = {
    messageId: randomUUID(),
    receiptHandle: "",
    body: JSON.stringify(webhook(provider, id)),
    group: provider,
    deduplicationId: `${provider}:${id}:0`,
    sequence: "1",
    receiveCount: 3,
    receivedAt,
  };
  const failure = {
    error: { code: reason, message: "no such field" },
    attempts: 3,
    executionArn: "arn:execution",
  };
  await createDeadLetterSender(stack.outputs.dlq_url, new SQS(stack.emulator.client)).send(message, failure);
}

/** Returns the message of a webhook for a consumer, as the workflow sends it. @param sequence position in its group */
export function consumerMessage(provider: string, id: string, group: string, sequence: number) {
  const event = {
    ...{ specversion: "1.0", id, source: `webhook.${provider}`, type: "thing.made", provider, replay: 0 },
    receivedat: new Date().toISOString(),
    sequence: String(sequence).padStart(20, "0"),
    datacontenttype: "application/json",
    data: { id },
  };
  const own = { recordKey: `${provider}#${id}`, s3Key: `raw/${provider}/${id}/x`, group };
  return { messageId: randomUUID(), body: JSON.stringify(event), deduplicationId: randomUUID(), ...own };
}

/**
 * Puts a message into its consumer's dead-letter queue: with the reason that the delivery function gives, or as SQS
 * does.
 */
export async function deadLetterOf(
  { stack }: Inbox,
  consumer: string,
  message: ReturnType<typeof consumerMessage>,
  code?: string,
): Promise<void> {
  const sqs = new SQS(stack.emulator.client);
  const QueueUrl = stack.outputs.consumer_queues[consumer]?.dlq_url ?? "";
  if (code !== undefined) {
    const failure = { error: { code, message: "no customer" }, attempts: 10 };
    return createDeadLetterSender(QueueUrl, sqs).send(message, failure);
  }
  const { body, group, deduplicationId, recordKey, s3Key } = message;
  await sqs.sendMessage({
    QueueUrl,
    MessageBody: body,
    MessageGroupId: group,
    MessageDeduplicationId: deduplicationId,
    MessageAttributes: encodeAttributes({ recordKey, s3Key }),
  });
}

/** Puts a webhook into the dead-letter queue as SQS does after the last receive: in its group, without a reason. */
export async function moveAsSqsDoes(
  { stack }: Inbox,
  provider: string,
  id: string,
  receivedAt: string,
): Promise<void> {
  await new SQSClient(stack.emulator.client).send(
    new SendMessageCommand({
      QueueUrl: stack.outputs.dlq_url,
      MessageBody: JSON.stringify(webhook(provider, id)),
      MessageGroupId: provider,
      MessageDeduplicationId: `${provider}:${id}:0`,
      MessageAttributes: { ReceivedAt: { DataType: "String", StringValue: receivedAt } },
    }),
  );
}

/**
 * Puts the event of a webhook into the queue of undelivered events, as EventBridge does.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export async function undeliver({ stack }: Inbox, provider: string, id: string, rule: string): Promise<void> {
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  const [, bus = ""] = stack.outputs.eventbridge_bus_arn.split("/");
  await new SQSClient(stack.emulator.client).send(
    new SendMessageCommand({
      QueueUrl: stack.outputs.undelivered_queue_url,
      MessageBody: JSON.stringify({ source: `webhook.${provider}`, detail: { provider, id, replay: 0 } }),
      MessageAttributes: {
        RULE_ARN: text(`arn:aws:events:us-east-1:000000000000:rule/${bus}/${rule}`),
        TARGET_ARN: text("arn:aws:sqs:us-east-1:000000000000:orders"),
        ERROR_CODE: text("NO_RESOURCE"),
        ERROR_MESSAGE: text("The target does not exist."),
      },
    }),
  );
}
