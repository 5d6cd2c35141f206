import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { Inbox } from "./inbox";

/** Messages of a queue, about as many as SQS says. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
}

/** How much waits to be processed, and how much is parked. Reads no message. */
export async function queueDepths(inbox: Inbox): Promise<{ queue: QueueDepth; deadLetters: QueueDepth }> {
  const [queue, deadLetters] = await Promise.all([
    depth(inbox, inbox.outputs.sqs_queue_url),
    depth(inbox, inbox.outputs.dlq_url),
  ]);
  return { queue, deadLetters };
}

async function depth(inbox: Inbox, QueueUrl: string): Promise<QueueDepth> {
  const { Attributes } = await inbox.clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return {
    waiting: Number(Attributes?.["ApproximateNumberOfMessages"] ?? 0),
    inFlight: Number(Attributes?.["ApproximateNumberOfMessagesNotVisible"] ?? 0),
  };
}
