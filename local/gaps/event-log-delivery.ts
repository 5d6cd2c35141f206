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
import type { Emulator } from "../emulator";

const LOG_GROUP_ARN = /^arn:aws:logs:[^:]+:\d+:log-group:([^:]+)/;
const LOG_STREAM = "local";

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
      const messages = await receive(url);
      if (messages.length > 0) await write(logGroup, url, messages);
    }
  });

  async function receive(QueueUrl: string): Promise<Message[]> {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 });
    try {
      const { Messages = [] } = await sqs.send(command, { abortSignal: ending.signal });
      return Messages;
    } catch (error) {
      if (ending.signal.aborted) return [];
      throw error;
    }
  }

  async function write(logGroupName: string, QueueUrl: string, messages: Message[]): Promise<void> {
    const logEvents = messages.map(({ Body = "" }) => ({
      message: Body,
      timestamp: Date.parse((JSON.parse(Body) as { time: string }).time),
    }));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: LOG_STREAM, logEvents }));
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  return async () => {
    ending.abort();
    await Promise.allSettled(pumps);
  };
}
