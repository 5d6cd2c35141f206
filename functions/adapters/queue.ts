import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type MessageAttributeValue,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { cleanText } from "../domain/characters";
import type { IngestPorts } from "../domain/ingest-ports";
import { messageBody, readMessage, type ReceivedMessage } from "../domain/message";
import type { CallLimit, GroupPorts } from "../domain/group-ports";
import { CALL_TIMEOUT_MS } from "./clients";
import { traceHeader } from "./trace";
import { orUnavailable } from "./unavailable";

/**
 * Message attributes; SQS allows at most ten. All but the first two are for the dead-letter queue; SQS preserves all
 * of them when it moves a message there.
 */
export const ATTRIBUTES = {
  receivedAt: "ReceivedAt",
  /** Set only on messages that the recovery function redrives. */
  redriven: "RedrivenBy",
  errorCode: "ErrorCode",
  errorMessage: "ErrorMessage",
  executionArn: "ExecutionArn",
  group: "OriginalMessageGroupId",
  deduplicationId: "OriginalDeduplicationId",
  attempts: "Attempts",
} as const;

/** Maximum length of an error text in a message attribute, in code points. */
const MAX_ERROR_LENGTH = 1_000;

/** A text as a message attribute. */
export const textAttribute = (value: string): MessageAttributeValue => ({
  DataType: "String",
  StringValue: value,
});

/** Sends messages to the FIFO queue. */
export function createQueueSender(queueUrl: string, sqs: SQSClient): IngestPorts["queue"] {
  return {
    async send({ webhook, group, deduplicationId, receivedAt }) {
      const trace = traceHeader();
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: messageBody(webhook),
        MessageGroupId: group,
        MessageDeduplicationId: deduplicationId,
        MessageAttributes: { [ATTRIBUTES.receivedAt]: textAttribute(new Date(receivedAt).toISOString()) },
        ...(trace && { MessageSystemAttributes: { AWSTraceHeader: textAttribute(trace) } }),
      });
      await orUnavailable("SQS SendMessage", sqs.send(command));
    },
  };
}

/** A record of the event source mapping as the domain knows it. */
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
    receivedAt: messageAttributes[ATTRIBUTES.receivedAt]?.stringValue ?? sentAt,
    ...(attributes.AWSTraceHeader !== undefined && { trace: attributes.AWSTraceHeader }),
  };
}

/** Changes when unprocessed messages become visible again. */
export function createQueueReceiver(queueUrl: string, sqs: SQSClient): GroupPorts["queue"] {
  return {
    async retryAfter(messages, seconds, { timeoutMs = CALL_TIMEOUT_MS }: Partial<CallLimit> = {}) {
      const abortSignal = AbortSignal.timeout(timeoutMs);
      // One call each: rare, and MiniStack asks for a permission for the batch call that IAM does not know.
      const changes = messages.map(({ receiptHandle }) =>
        sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: queueUrl,
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: seconds,
          }),
          { abortSignal },
        ),
      );
      await orUnavailable("SQS ChangeMessageVisibility", Promise.all(changes));
    },
  };
}

/** Sends a message to the dead-letter queue, with the error and the source in its attributes. */
export function createDeadLetterSender(queueUrl: string, sqs: SQSClient): GroupPorts["deadLetters"] {
  return {
    async park(
      message,
      { error, executionArn, tries },
      { timeoutMs = CALL_TIMEOUT_MS }: Partial<CallLimit> = {},
    ) {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: message.body,
        // Its own group: SQS returns only the first ten messages of a group, and order does not matter here.
        MessageGroupId: message.messageId,
        // The message's own id, so that dead-lettering it twice leaves one.
        MessageDeduplicationId: message.messageId,
        MessageAttributes: {
          [ATTRIBUTES.receivedAt]: textAttribute(message.receivedAt),
          [ATTRIBUTES.errorCode]: textAttribute(cleanText(error.code, MAX_ERROR_LENGTH) || "-"),
          [ATTRIBUTES.errorMessage]: textAttribute(cleanText(error.message, MAX_ERROR_LENGTH) || "-"),
          ...(executionArn !== undefined && { [ATTRIBUTES.executionArn]: textAttribute(executionArn) }),
          [ATTRIBUTES.group]: textAttribute(message.group),
          [ATTRIBUTES.deduplicationId]: textAttribute(message.deduplicationId),
          [ATTRIBUTES.attempts]: { DataType: "Number", StringValue: String(tries) },
        },
      });
      const sent = sqs.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      await orUnavailable("SQS SendMessage (dead-letter queue)", sent);
    },
  };
}
