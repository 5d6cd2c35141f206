import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { sqsHandler } from "../../consumer";
import type { Handled } from "./judge-consumer";

/** Number of concurrent receives: groups are handled concurrently, as by an event source mapping. */
const READERS = 3;
/** Seconds that a receive waits for a message. */
const WaitTimeSeconds = 2;
/** Seconds until a failed message is visible again; on AWS it is the queue's visibility timeout. */
const RETRY_SECONDS = 1;

/** A consumer that reads its queue by itself, one message at a time, with the package's own handler. */
export interface QueueReader {
  /** Events that it handled, in their order. */
  readonly handled: readonly Handled[];
  /** Stops reading; resolves once everything that was received is handled. */
  stop(): Promise<void>;
}

/**
 * Starts a reader. It never accepts an event with `rejected` in its data, so that SQS moves it to the consumer's
 * dead-letter queue.
 */
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
  // Prevents an unhandled rejection: `stop` reports the error.
  ended.catch(() => undefined);
  return {
    handled,
    stop: async () => {
      stopped = true;
      await ended;
    },
  };
}
