import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { sqsHandler } from "../../consumer";
import type { Handled } from "./judge-consumer";

/** Receives at once: groups side by side, as an event source mapping reads. */
const READERS = 3;
/** Seconds that a receive waits for a message. */
const WaitTimeSeconds = 2;
/** Seconds until what failed comes again; on AWS it is the queue's visibility timeout. */
const RETRY_SECONDS = 1;

/** A consumer that reads its queue by itself, one message at a time, with the package's own handler. */
export interface QueueReader {
  /** What it handled, in its order. */
  readonly handled: readonly Handled[];
  /** Ends once what was received is handled. */
  stop(): Promise<void>;
}

/** Starts it. What has `rejected` in its data it never takes, so that SQS moves it to the consumer's dead-letter queue. */
export function startQueueReader(QueueUrl: string, sqs: SQSClient): QueueReader {
  const handled: Handled[] = [];
  let stopped = false;
  const handler = sqsHandler(
    async ({ provider, id, data }) => {
      if ((data as { rejected?: boolean } | undefined)?.rejected) throw new Error("rejected");
      handled.push({ name: `${provider}#${id}`, at: Date.now() });
    },
    { onError: () => undefined },
  );

  async function readNext(): Promise<void> {
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds, MessageSystemAttributeNames: ["All"] }),
    );
    if (!message) return;
    const { MessageId: messageId = "", Body: body = "", Attributes, ReceiptHandle } = message;
    const record = { messageId, body, attributes: { MessageGroupId: Attributes?.MessageGroupId } };
    const { batchItemFailures } = await handler({ Records: [record] });
    const VisibilityTimeout = RETRY_SECONDS;
    await (batchItemFailures.length > 0
      ? sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }))
      : sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })));
  }

  const readers = Array.from({ length: READERS }, async () => {
    while (!stopped) await readNext();
  });
  const ended = Promise.all(readers);
  // Reported by `stop`.
  ended.catch(() => undefined);
  return {
    handled,
    stop: async () => {
      stopped = true;
      await ended;
    },
  };
}
