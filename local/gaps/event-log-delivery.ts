import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  type InputTransformer,
} from "@aws-sdk/client-eventbridge";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from "@aws-sdk/client-sqs";
import { setTimeout as pause } from "node:timers/promises";
import { describeError } from "../../functions/domain/errors";
import type { Emulator } from "../emulator";
import { transformInput } from "./input-transformer";

const LOG_GROUP_ARN = /^arn:aws:logs:[^:]+:\d+:log-group:([^:]+)/;

/** Parameters of a ReceiveMessage call. */
const LONG_POLL = { MaxNumberOfMessages: 10, WaitTimeSeconds: 10 };

/** Milliseconds until the next ReceiveMessage call after an error. */
const RETRY_MS = 500;

/** Form in which MiniStack writes a number too large for a double; it is not JSON. AWS keeps the number's text. */
const INFINITY = /(?<=[:[,]\s*-?)Infinity(?=\s*[,\]}])/g;

/**
 * Returns the line of the log for an event: the event as received, which the emulator may have written as invalid JSON,
 * or the output of the target's transformer.
 * @param now stands in for the event's time if that cannot be read; milliseconds since the epoch
 * @throws if the transformer's output is not what a log group takes: an object with the texts `timestamp` and `message`
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
 */
export function asLogEvent(
  body: string,
  now = Date.now(),
  transformer?: InputTransformer,
): { message: string; timestamp: number } {
  if (!transformer) return { message: body, timestamp: timeOf(body) ?? now };
  const event = JSON.parse(body.replace(INFINITY, "1e400")) as unknown;
  const { timestamp, message } = JSON.parse(transformInput(transformer, event)) as Record<string, unknown>;
  const time = Date.parse(String(timestamp));
  if (typeof message !== "string" || Number.isNaN(time)) throw new Error("not timestamp and message");
  return { message, timestamp: time };
}

function timeOf(body: string): number | undefined {
  try {
    const { time } = JSON.parse(body) as { time?: unknown };
    return Date.parse(String(time)) || undefined;
  } catch {
    return undefined;
  }
}

/** A queue that stands in for targets that are a log group. */
interface Queue {
  readonly url: string;
  readonly arn: string;
  readonly logGroup: string;
  readonly stream: string;
  readonly transformer: InputTransformer | undefined;
}

/**
 * Delivers events to rule targets that are a log group, which MiniStack does not do. Adds a FIFO queue beside each such
 * target, and writes what arrives there to the log group, as EventBridge would and in the order of publishing.
 * @returns a function that ends the delivery
 */
export async function deliverEventsToLogs(emulator: Emulator, busName: string): Promise<() => Promise<void>> {
  const events = new EventBridgeClient(emulator.client);
  const sqs = new SQSClient(emulator.client);
  const logs = new CloudWatchLogsClient(emulator.client);
  const queues = new Map<string, Queue>();

  /** Returns one queue for all targets that write the same into a log group, which keeps the order of publishing. */
  async function queueFor(logGroup: string, transformer: InputTransformer | undefined): Promise<Queue> {
    const key = JSON.stringify([logGroup, transformer]);
    const known = queues.get(key);
    if (known) return known;
    const { QueueUrl = "" } = await sqs.send(
      new CreateQueueCommand({
        QueueName: `local-event-log-${queues.size + 1}.fifo`,
        Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true" },
      }),
    );
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
    );
    const stream = `local-${queues.size + 1}`;
    await logs.send(new CreateLogStreamCommand({ logGroupName: logGroup, logStreamName: stream }));
    const queue = { stream, url: QueueUrl, arn: Attributes?.["QueueArn"] ?? "", logGroup, transformer };
    queues.set(key, queue);
    return queue;
  }

  const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName: busName }));
  for (const { Name: Rule } of Rules) {
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ EventBusName: busName, Rule }));
    for (const target of Targets) {
      const logGroup = LOG_GROUP_ARN.exec(target.Arn ?? "")?.[1];
      if (!logGroup) continue;
      const { arn } = await queueFor(logGroup, target.InputTransformer);
      const Targets = [{ Id: `${target.Id}-local`, Arn: arn, SqsParameters: { MessageGroupId: "events" } }];
      await events.send(new PutTargetsCommand({ EventBusName: busName, Rule, Targets }));
    }
  }

  const ending = new AbortController();
  const pumps = [...queues.values()].map(async (queue) => {
    while (!ending.signal.aborted) {
      try {
        const command = new ReceiveMessageCommand({ ...LONG_POLL, QueueUrl: queue.url });
        const { Messages: messages = [] } = await sqs.send(command, { abortSignal: ending.signal });
        if (messages.length > 0) await deliver(queue, messages);
      } catch (error) {
        if (ending.signal.aborted) return;
        console.error(`The event log is behind: ${describeError(error)}`);
        await pause(RETRY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      }
    }
  });

  /** Writes the messages together; one by one if that is rejected, so that an invalid one does not block the others. */
  async function deliver(queue: Queue, messages: Message[]): Promise<void> {
    const written = await write(queue, messages).then(
      () => true,
      () => false,
    );
    for (const message of written ? [] : messages) {
      await write(queue, [message]).catch((error: unknown) =>
        console.error(`An event is not in the event log: ${describeError(error)}`),
      );
    }
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
  }

  async function write(queue: Queue, messages: Message[]): Promise<void> {
    const { logGroup: logGroupName, stream: logStreamName, transformer } = queue;
    const logEvents = messages.map(({ Body = "" }) => asLogEvent(Body, Date.now(), transformer));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }

  return async () => {
    ending.abort();
    await Promise.allSettled(pumps);
  };
}
