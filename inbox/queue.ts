import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Inbox } from "./connect";

/** Approximate numbers of messages in a queue, as SQS reports them. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
}

/** Reads about how many messages a queue holds. */
export async function queueDepth(QueueUrl: string, sqs: SQSClient): Promise<QueueDepth> {
  const { Attributes } = await sqs.send(
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

/** Reads how much waits to be processed, and how much is dead-lettered. Receives no message. */
export async function queueDepths({
  outputs,
  clients: { sqs },
}: Inbox): Promise<{ queue: QueueDepth; deadLetters: QueueDepth }> {
  const [queue, deadLetters] = await Promise.all([
    queueDepth(outputs.sqs_queue_url, sqs),
    queueDepth(outputs.dlq_url, sqs),
  ]);
  return { queue, deadLetters };
}

/** Milliseconds in which the latest value is looked for: SQS reports its metrics every minute, some minutes late. */
const METRIC_WINDOW_MS = 10 * 60_000;

/**
 * Returns the seconds that the oldest message of a queue, the inbox's own by default, has waited, by CloudWatch's
 * latest value; undefined if CloudWatch has none.
 */
export async function ageOfOldest(
  { outputs, clients: { cloudwatch } }: Inbox,
  queueUrl = outputs.sqs_queue_url,
): Promise<number | undefined> {
  const now = Date.now();
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/SQS",
      MetricName: "ApproximateAgeOfOldestMessage",
      Dimensions: [{ Name: "QueueName", Value: queueUrl.split("/").at(-1) ?? "" }],
      StartTime: new Date(now - METRIC_WINDOW_MS),
      EndTime: new Date(now),
      Period: 60,
      Statistics: ["Maximum"],
    }),
  );
  const latest = Datapoints.reduce<(typeof Datapoints)[number] | undefined>(
    (last, point) => (Number(point.Timestamp) > Number(last?.Timestamp ?? 0) ? point : last),
    undefined,
  );
  return latest?.Maximum;
}
