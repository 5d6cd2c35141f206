import type { SQSRecord } from "aws-lambda";
import type { IngestPorts } from "../domain/ingest-ports";
import { messageBody, readMessage, type Delivery, type ReceivedMessage } from "../domain/message";
import type { CallLimit, Failure } from "../domain/group-ports";
import { within, type Sqs } from "./clients";
import {
  decodeAttributes,
  encodeAttributes,
  receivedAtAttribute,
  textAttribute,
  type MessageFacts,
} from "./message-attributes";
import { traceHeader } from "./trace";
import { orUnavailable } from "./unavailable";

/** Sends messages to the FIFO queue. */
export function createQueueSender(queueUrl: string, sqs: Pick<Sqs, "sendMessage">): IngestPorts["queue"] {
  return {
    async send({ webhook, group, deduplicationId, receivedAt }) {
      const trace = traceHeader();
      const sent = sqs.sendMessage({
        QueueUrl: queueUrl,
        MessageBody: messageBody(webhook),
        MessageGroupId: group,
        MessageDeduplicationId: deduplicationId,
        MessageAttributes: receivedAtAttribute(new Date(receivedAt).toISOString()),
        ...(trace && { MessageSystemAttributes: { AWSTraceHeader: textAttribute(trace) } }),
      });
      await orUnavailable("SQS SendMessage", sent);
    },
  };
}

/** Converts a record of the event source mapping. */
export function receivedMessage(record: SQSRecord): ReceivedMessage {
  const { attributes, messageAttributes } = record;
  const sentAt = new Date(Number(attributes.SentTimestamp)).toISOString();
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    ...readMessage(record.body),
    group: attributes.MessageGroupId ?? "",
    deduplicationId: attributes.MessageDeduplicationId ?? record.messageId,
    sequence: attributes.SequenceNumber ?? "",
    receiveCount: Number(attributes.ApproximateReceiveCount),
    receivedAt: decodeAttributes(messageAttributes).receivedAt ?? sentAt,
    ...(attributes.AWSTraceHeader !== undefined && { trace: attributes.AWSTraceHeader }),
  };
}

/** Changes when unprocessed messages become visible again. */
export function createQueueReceiver(queueUrl: string, sqs: Pick<Sqs, "changeMessageVisibility">) {
  return {
    async retryAfter(
      messages: readonly Pick<Delivery, "receiptHandle">[],
      seconds: number,
      limit?: CallLimit,
    ) {
      const options = within(limit);
      // Make one call for each message: there are few, and for a batch MiniStack requires a permission that IAM does
      // not know.
      const changes = messages.map(({ receiptHandle }) =>
        sqs.changeMessageVisibility(
          { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds },
          options,
        ),
      );
      await orUnavailable("SQS ChangeMessageVisibility", Promise.all(changes));
    },
  };
}

/** A message of the inbox's queue, or of a consumer's queue with the keys of its record and its payload. */
type FailedMessage = Pick<Delivery, "messageId" | "body" | "group" | "deduplicationId"> &
  Partial<Delivery> &
  Pick<MessageFacts, "recordKey" | "s3Key">;

/** Sends a message to the dead-letter queue, with the error and the source in its attributes. */
export function createDeadLetterSender(queueUrl: string, sqs: Pick<Sqs, "sendMessage">) {
  return {
    async send(message: FailedMessage, failure: Failure, limit?: CallLimit) {
      const { receivedAt, group, deduplicationId, recordKey, s3Key } = message;
      const source = { receivedAt, group, deduplicationId, recordKey, s3Key };
      const deadLetter = {
        QueueUrl: queueUrl,
        MessageBody: message.body,
        // Give each dead letter its own group: SQS returns only the first ten messages of a group, and order does not
        // matter here.
        MessageGroupId: message.messageId,
        // Use the message's own id, so that dead-lettering it twice leaves one dead letter.
        MessageDeduplicationId: message.messageId,
        MessageAttributes: encodeAttributes({ ...source, failure }),
      };
      const sent = sqs.sendMessage(deadLetter, within(limit));
      await orUnavailable("SQS SendMessage (dead-letter queue)", sent);
    },
  };
}
