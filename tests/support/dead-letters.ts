import { SendMessageCommand, SQS, SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { createDeadLetterSender } from "../../functions/adapters/queue";
import type { Webhook } from "../../functions/domain/webhook";
import type { Inbox } from "./inbox";

/** A webhook as it is in the dead-letter queue. */
export function webhook(provider: string, id: string): Webhook {
  const data = JSON.stringify({ id });
  return {
    provider,
    id,
    type: "thing.made",
    contentType: "application/json",
    size: data.length,
    s3Key: `raw/${provider}/${id}/x`,
    replay: 0,
    data,
  };
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
