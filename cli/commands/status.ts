import { GetMetricStatisticsCommand, type CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ListEventSourceMappingsCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { pc } from "../../local/colours";
import { table } from "../../local/table";
import { depthOf } from "../adapters/dead-letter-queue";
import { withStackOptions, type StackOptions } from "../options";
import { age, print } from "../output";
import { findStack } from "../stack";

const MINUTE_MS = 60_000;

/** SQS reports its metrics every minute, some minutes late. */
const METRIC_WINDOW_MS = 10 * MINUTE_MS;

async function status(options: StackOptions): Promise<void> {
  const { outputs, sqs, lambda, cloudwatch } = await findStack(options);
  const [queue, deadLetters, processor, oldest] = await Promise.all([
    depthOf(outputs.sqs_queue_url, sqs),
    depthOf(outputs.dlq_url, sqs),
    mappingOf(outputs.processing_function_name, lambda),
    ageOfOldest(outputs.sqs_queue_url, cloudwatch),
  ]);
  const value = {
    queue: { waiting: queue.visible, inFlight: queue.inFlight, oldestSeconds: oldest ?? null },
    deadLetters: { waiting: deadLetters.visible, inFlight: deadLetters.inFlight },
    processor,
  };
  const dead = deadLetters.visible + deadLetters.inFlight;
  const enabled = processor.state === "Enabled";
  print(options, value, () =>
    table(
      ["WHAT", "STATE"],
      [
        ["queue", `${queue.visible} waiting, ${queue.inFlight} being processed`],
        ["oldest", oldest === undefined ? "not reported by CloudWatch" : age(oldest * 1_000)],
        ["dead letters", dead > 0 ? pc.red(String(dead)) : pc.green("0")],
        ["processor", enabled ? pc.green(processor.state) : pc.red(processor.state)],
        ...(processor.lastResult === null ? [] : [["last result", processor.lastResult]]),
      ],
    ),
  );
}

/** State of the event source mapping that feeds the processing function. */
async function mappingOf(FunctionName: string, lambda: LambdaClient) {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  const [mapping] = EventSourceMappings;
  return { state: mapping?.State ?? "missing", lastResult: mapping?.LastProcessingResult ?? null };
}

/** Seconds that the oldest message has waited, as CloudWatch last heard; undefined where it has heard nothing. */
async function ageOfOldest(queueUrl: string, cloudwatch: CloudWatchClient): Promise<number | undefined> {
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

/** `webhooks status` */
export function statusCommand(): Command {
  const command = new Command("status")
    .description("Shows how the inbox is doing: the queue, the dead letters, the processor.")
    .addHelpText(
      "after",
      `
The numbers are SQS's approximate ones. The age of the oldest message comes from CloudWatch, a minute or two late.

Examples:
  webhooks status
  webhooks status --stack prod --json`,
    );
  return withStackOptions(command).action(status);
}
