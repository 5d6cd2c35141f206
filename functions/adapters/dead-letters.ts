import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type MessageAttributeValue,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Failure } from "../domain/process-group";
import type { RecoverPorts } from "../domain/recover";
import { orUnavailable } from "./unavailable";

/** Seconds that a read dead letter is hidden: long enough to read on behind it, short enough for a person not to miss it. */
const HIDDEN_SECONDS = 10;

/** The dead-letter queue, to look through. */
export function deadLettersOf(QueueUrl: string, sqs: SQSClient): RecoverPorts["deadLetters"] {
  return {
    async count() {
      const attributes = sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
      );
      const { Attributes } = await orUnavailable("SQS GetQueueAttributes", attributes);
      return Number(Attributes?.["ApproximateNumberOfMessages"] ?? 0);
    },
    async *read() {
      for (;;) {
        const received = sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: HIDDEN_SECONDS,
            MessageAttributeNames: ["ErrorCode", "ErrorMessage", "ExecutionArn", "Attempts"],
          }),
        );
        const { Messages = [] } = await orUnavailable("SQS ReceiveMessage", received);
        if (Messages.length === 0) return;
        for (const { MessageId = "", ReceiptHandle = "", Body = "", MessageAttributes } of Messages) {
          const parked = failureOf(MessageAttributes ?? {});
          yield { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, ...(parked && { parked }) };
        }
      }
    },
    async remove({ receiptHandle }) {
      const removed = sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
      await orUnavailable("SQS DeleteMessage", removed);
    },
  };
}

/** The reason that the processor gives to what it parks; see queue.ts. */
function failureOf(attributes: Readonly<Record<string, MessageAttributeValue>>): Failure | undefined {
  const value = (name: string) => attributes[name]?.StringValue;
  const code = value("ErrorCode");
  if (code === undefined) return undefined;
  const executionArn = value("ExecutionArn");
  return {
    error: { code, message: value("ErrorMessage") ?? "-" },
    tries: Number(value("Attempts")),
    ...(executionArn !== undefined && { executionArn }),
  };
}
