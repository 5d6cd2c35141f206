import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type MessageAttributeValue,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Failure } from "../domain/group-ports";
import { readMessage } from "../domain/message";
import type { DeadLetter, RecoverPorts } from "../domain/recover";
import { redriveDeduplicationId } from "../domain/webhook";
import { ATTRIBUTES, textAttribute } from "./queue";
import { orUnavailable } from "./unavailable";

/**
 * Visibility timeout of a dead letter during a scan, in seconds: long enough to read those behind it, short enough that
 * people rarely miss one.
 */
const HIDDEN_SECONDS = 10;

/** Reads and deletes messages of the dead-letter queue. */
export function createDeadLetterReader(QueueUrl: string, sqs: SQSClient): RecoverPorts["deadLetters"] {
  return {
    async count() {
      const attributes = sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
      );
      const { Attributes } = await orUnavailable("SQS GetQueueAttributes", attributes);
      return Number(Attributes?.["ApproximateNumberOfMessages"] ?? 0);
    },
    async isRead() {
      const name = "ApproximateNumberOfMessagesNotVisible";
      const attributes = sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }));
      const { Attributes } = await orUnavailable("SQS GetQueueAttributes", attributes);
      return Number(Attributes?.[name] ?? 0) > 0;
    },
    async *read() {
      for (;;) {
        const received = sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: HIDDEN_SECONDS,
            MessageAttributeNames: Object.values(ATTRIBUTES),
            MessageSystemAttributeNames: ["MessageGroupId", "SentTimestamp", "AWSTraceHeader"],
          }),
        );
        const { Messages = [] } = await orUnavailable("SQS ReceiveMessage", received);
        if (Messages.length === 0) return;
        yield* Messages.map(deadLetter);
      }
    },
    async remove({ receiptHandle }) {
      const removed = sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
      await orUnavailable("SQS DeleteMessage", removed);
    },
  };
}

/** Sends what the recovery function redrives to the queue. */
export function createRedriveSender(QueueUrl: string, sqs: SQSClient): RecoverPorts["queue"] {
  return {
    async redrive({ messageId, body, group, receivedAt, trace }) {
      const sent = sqs.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: body,
          MessageGroupId: group,
          MessageDeduplicationId: redriveDeduplicationId(messageId),
          MessageAttributes: {
            [ATTRIBUTES.receivedAt]: textAttribute(receivedAt),
            [ATTRIBUTES.redriven]: textAttribute("recovery"),
          },
          ...(trace !== undefined && { MessageSystemAttributes: { AWSTraceHeader: textAttribute(trace) } }),
        }),
      );
      await orUnavailable("SQS SendMessage", sent);
    },
  };
}

function deadLetter({
  MessageId = "",
  ReceiptHandle = "",
  Body = "",
  Attributes: system = {},
  MessageAttributes: own = {},
}: Message): DeadLetter {
  const failure = failureOf(own);
  const group = system.MessageGroupId ?? "";
  const originalGroup = own[ATTRIBUTES.group]?.StringValue;
  return {
    // A message with its original group in an attribute has its own group here, named after the failed message.
    messageId: originalGroup === undefined ? MessageId : group,
    receiptHandle: ReceiptHandle,
    body: Body,
    ...readMessage(Body),
    group: originalGroup ?? group,
    receivedAt:
      own[ATTRIBUTES.receivedAt]?.StringValue ?? new Date(Number(system.SentTimestamp ?? 0)).toISOString(),
    ...(system.AWSTraceHeader !== undefined && { trace: system.AWSTraceHeader }),
    ...(failure && { failure }),
    ...(own[ATTRIBUTES.redriven] && { redriven: true }),
  };
}

/** Returns the error that the processor attached to a dead letter; see queue.ts. */
function failureOf(attributes: Readonly<Record<string, MessageAttributeValue>>): Failure | undefined {
  const value = (name: keyof typeof ATTRIBUTES) => attributes[ATTRIBUTES[name]]?.StringValue;
  const code = value("errorCode");
  if (code === undefined) return undefined;
  const executionArn = value("executionArn");
  return {
    error: { code, message: value("errorMessage") ?? "-" },
    tries: Number(value("attempts")),
    ...(executionArn !== undefined && { executionArn }),
  };
}
