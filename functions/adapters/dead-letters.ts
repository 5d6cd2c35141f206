import type { Message } from "@aws-sdk/client-sqs";
import { readMessage } from "../domain/message";
import type { DeadLetter, RecoverPorts } from "../domain/recover";
import { redriveDeduplicationId } from "../domain/webhook";
import type { Sqs } from "./clients";
import { attributeNames, decodeAttributes, encodeAttributes, textAttribute } from "./message-attributes";
import { orUnavailable } from "./unavailable";

/**
 * Visibility timeout of a dead letter during a scan, in seconds: long enough to read those behind it, short enough that
 * people rarely miss one.
 */
const HIDDEN_SECONDS = 10;

/** Reads and deletes messages of the dead-letter queue. */
export function createDeadLetterReader(QueueUrl: string, sqs: Sqs): RecoverPorts["deadLetters"] {
  return {
    async count() {
      const attributes = sqs.getQueueAttributes({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages"],
      });
      const { Attributes } = await orUnavailable("SQS GetQueueAttributes", attributes);
      return Number(Attributes?.["ApproximateNumberOfMessages"] ?? 0);
    },
    async isRead() {
      const name = "ApproximateNumberOfMessagesNotVisible";
      const attributes = sqs.getQueueAttributes({ QueueUrl, AttributeNames: [name] });
      const { Attributes } = await orUnavailable("SQS GetQueueAttributes", attributes);
      return Number(Attributes?.[name] ?? 0) > 0;
    },
    async *read() {
      for (;;) {
        const received = sqs.receiveMessage({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: HIDDEN_SECONDS,
          MessageAttributeNames: attributeNames(),
          MessageSystemAttributeNames: ["MessageGroupId", "SentTimestamp", "AWSTraceHeader"],
        });
        const { Messages = [] } = await orUnavailable("SQS ReceiveMessage", received);
        if (Messages.length === 0) return;
        yield* Messages.map(deadLetter);
      }
    },
    async remove({ receiptHandle }) {
      const removed = sqs.deleteMessage({ QueueUrl, ReceiptHandle: receiptHandle });
      await orUnavailable("SQS DeleteMessage", removed);
    },
  };
}

/** Sends dead-lettered webhooks back to the queue for the recovery function. */
export function createRedriveSender(QueueUrl: string, sqs: Pick<Sqs, "sendMessage">): RecoverPorts["queue"] {
  return {
    async redrive({ messageId, body, group, receivedAt, trace }) {
      const sent = sqs.sendMessage({
        QueueUrl,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: redriveDeduplicationId(messageId),
        MessageAttributes: encodeAttributes({ receivedAt, redriven: true }),
        ...(trace !== undefined && { MessageSystemAttributes: { AWSTraceHeader: textAttribute(trace) } }),
      });
      await orUnavailable("SQS SendMessage", sent);
    },
  };
}

function deadLetter({
  MessageId = "",
  ReceiptHandle = "",
  Body = "",
  Attributes: system = {},
  MessageAttributes,
}: Message): DeadLetter {
  const group = system.MessageGroupId ?? "";
  const { group: originalGroup, receivedAt, failure, redriven } = decodeAttributes(MessageAttributes);
  return {
    // Take the failed message's id from the group: a dead letter with its original group in an attribute is in a group
    // that is named after the failed message.
    messageId: originalGroup === undefined ? MessageId : group,
    receiptHandle: ReceiptHandle,
    body: Body,
    ...readMessage(Body),
    group: originalGroup ?? group,
    receivedAt: receivedAt ?? new Date(Number(system.SentTimestamp ?? 0)).toISOString(),
    ...(system.AWSTraceHeader !== undefined && { trace: system.AWSTraceHeader }),
    ...(failure && { failure }),
    ...(redriven && { redriven }),
  };
}
