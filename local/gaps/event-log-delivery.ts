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

const LOG_GROUP_ARN = /^arn:aws:logs:[^:]+:\d+:log-group:([^:]+)/;
const LOG_STREAM = "local";

/** Milliseconds until the queue is asked again after an error. */
const RETRY_MS = 500;

/**
 * Returns the line of the log for an event as it came, which the emulator may have written so that it is no JSON.
 * @param now stands in for the event's time if that cannot be read; milliseconds since the epoch
 */
export function asLogEvent(body: string, now = Date.now()): { message: string; timestamp: number } {
  return { message: body, timestamp: timeOf(body) ?? now };
}

function timeOf(body: string): number | undefined {
  try {
    const { time } = JSON.parse(body) as { time?: unknown };
    return Date.parse(String(time)) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * MiniStack delivers no event to a rule's target that is a log group. This does: beside each such target it puts a FIFO
 * queue, and writes what arrives there to the log group, as EventBridge would and in the order of publishing.
 * @returns ends the delivery
 */
export async function deliverEventsToLogs(emulator: Emulator, busName: string): Promise<() => Promise<void>> {
  const events = new EventBridgeClient(emulator.client);
  const sqs = new SQSClient(emulator.client);
  const logs = new CloudWatchLogsClient(emulator.client);
  const queues = new Map<string, { url: string; arn: string }>();

  async function queueFor(logGroup: string): Promise<{ url: string; arn: string }> {
    const known = queues.get(logGroup);
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
    await logs.send(new CreateLogStreamCommand({ logGroupName: logGroup, logStreamName: LOG_STREAM }));
    const queue = { url: QueueUrl, arn: Attributes?.["QueueArn"] ?? "" };
    queues.set(logGroup, queue);
    return queue;
  }

  const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName: busName }));
  for (const { Name: Rule } of Rules) {
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ EventBusName: busName, Rule }));
    for (const target of Targets) {
      const logGroup = LOG_GROUP_ARN.exec(target.Arn ?? "")?.[1];
      if (!logGroup) continue;
      const { arn } = await queueFor(logGroup);
      const Targets = [{ Id: `${target.Id}-local`, Arn: arn, SqsParameters: { MessageGroupId: "events" } }];
      await events.send(new PutTargetsCommand({ EventBusName: busName, Rule, Targets }));
    }
  }

  const ending = new AbortController();
  const pumps = [...queues].map(async ([logGroup, { url }]) => {
    while (!ending.signal.aborted) {
      try {
        const messages = await receive(url);
        if (messages.length > 0) await deliver(logGroup, url, messages);
      } catch (error) {
        if (ending.signal.aborted) return;
        console.error(`The event log is behind: ${describeError(error)}`);
        await pause(RETRY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      }
    }
  });

  async function receive(QueueUrl: string): Promise<Message[]> {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 });
    const { Messages = [] } = await sqs.send(command, { abortSignal: ending.signal });
    return Messages;
  }

  /** Writes them together; if that is rejected each alone, so that one which the log does not take holds up no other. */
  async function deliver(logGroupName: string, QueueUrl: string, messages: Message[]): Promise<void> {
    const written = await write(logGroupName, messages).then(
      () => true,
      () => false,
    );
    for (const message of written ? [] : messages) {
      await write(logGroupName, [message]).catch((error: unknown) =>
        console.error(`An event is not in the event log: ${describeError(error)}`),
      );
    }
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  async function write(logGroupName: string, messages: Message[]): Promise<void> {
    const logEvents = messages.map(({ Body = "" }) => asLogEvent(Body));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: LOG_STREAM, logEvents }));
  }

  return async () => {
    ending.abort();
    await Promise.allSettled(pumps);
  };
}
