import {
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  type CloudWatchClient,
} from "@aws-sdk/client-cloudwatch";
import { ListEventSourceMappingsCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { COUNTED, readCounts, type Counts } from "../../inbox/metrics";
import { queueDepths } from "../../inbox/queue";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { withStackOptions, type StackOptions } from "../options/stack";
import { age, print } from "../../terminal/output";
import { isBlocking, secretIssues } from "../../inbox/secret-issues";
import { findStack } from "../../inbox/connect";

interface Options extends StackOptions {
  readonly exitCode?: true;
}

const MINUTE_MS = 60_000;

/** SQS reports its metrics every minute, some minutes late. */
const METRIC_WINDOW_MS = 10 * MINUTE_MS;

/** DescribeAlarms takes as many names at once. */
const ALARMS_AT_ONCE = 100;

async function status(options: Options): Promise<void> {
  const { outputs, inbox, lambda, cloudwatch, ...stores } = await findStack(options);
  const [{ queue, deadLetters }, processor, oldest, alarms, counts, secrets] = await Promise.all([
    queueDepths(inbox),
    mappingOf(outputs.processing_function_name, lambda),
    ageOfOldest(outputs.sqs_queue_url, cloudwatch),
    alarmsRaised(outputs.alarm_names, cloudwatch),
    readCounts(inbox, 60),
    secretIssues(outputs.providers, stores),
  ]);
  const dead = deadLetters.waiting + deadLetters.inFlight;
  const problems = [
    ...(dead > 0 ? ["dead letters"] : []),
    ...(processor.state === "Enabled" ? [] : [`the processor is ${processor.state}`]),
    ...secrets.filter(isBlocking).map(({ provider, state }) => `the secret of ${provider} is ${state}`),
    ...alarms.map(({ name }) => name),
  ];
  const value = {
    healthy: problems.length === 0,
    queue: { ...queue, oldestSeconds: oldest ?? null },
    deadLetters,
    processor,
    secrets,
    lastHour: sums(counts),
    alarms: { watched: outputs.alarm_names.length, raised: alarms },
  };
  print(options, value, () => {
    const { accepted, published, failed, rejected, secretunusable } = value.lastHour;
    const rows = [
      ["queue", `${queue.waiting} waiting, ${queue.inFlight} being processed`],
      ["oldest", oldest === undefined ? "not reported by CloudWatch" : age(oldest * 1_000)],
      ["dead letters", dead > 0 ? pc.red(String(dead)) : pc.green("0")],
      ["processor", processor.state === "Enabled" ? pc.green(processor.state) : pc.red(processor.state)],
      ...(processor.lastResult === null ? [] : [["last result", processor.lastResult]]),
      [
        "last hour",
        `${accepted} accepted, ${published} published, ${failed > 0 ? pc.red(`${failed} failed tries`) : "0 failed tries"}, ${rejected} rejected`,
      ],
      ...(secretunusable > 0
        ? [["", pc.red(`${secretunusable} answered 503, since there was no usable secret`)]]
        : []),
      ...secrets.map((issue) => [
        `secret of ${issue.provider}`,
        `${(isBlocking(issue) ? pc.red : pc.yellow)(issue.state)} ${issue.detail}`,
      ]),
      ["alarms", alarms.length === 0 ? pc.green(`none of ${value.alarms.watched}`) : ""],
      ...alarms.map(({ name, description }) => ["", `${pc.red(name)} ${description}`]),
    ];
    return table(["WHAT", "STATE"], rows);
  });
  if (options.exitCode && problems.length > 0) process.exitCode = 1;
}

/** Webhooks of all providers by what became of them; `failed` counts tries. */
function sums({ series }: Counts): Record<Lowercase<(typeof COUNTED)[number]>, number> {
  const entries = COUNTED.map((name) => [
    name.toLowerCase(),
    series[name].reduce((sum, value) => sum + value, 0),
  ]);
  return Object.fromEntries(entries) as Record<Lowercase<(typeof COUNTED)[number]>, number>;
}

/** Those of the stack's alarms that ring. */
async function alarmsRaised(names: readonly string[], cloudwatch: CloudWatchClient) {
  const pages: string[][] = [];
  for (let from = 0; from < names.length; from += ALARMS_AT_ONCE)
    pages.push(names.slice(from, from + ALARMS_AT_ONCE));
  const found = await Promise.all(
    pages.map(async (AlarmNames) => {
      const { MetricAlarms = [] } = await cloudwatch.send(
        new DescribeAlarmsCommand({ AlarmNames, StateValue: "ALARM", MaxRecords: ALARMS_AT_ONCE }),
      );
      return MetricAlarms;
    }),
  );
  return found.flat().map(({ AlarmName, AlarmDescription, StateReason, StateUpdatedTimestamp }) => ({
    name: AlarmName ?? "",
    description: AlarmDescription ?? "",
    reason: StateReason ?? "",
    since: StateUpdatedTimestamp?.toISOString() ?? null,
  }));
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
    .description(
      "Shows how the inbox is doing: queue, dead letters, processor, secrets, the last hour, alarms.",
    )
    .option(
      "--exit-code",
      "exit code 1 if there are dead letters, a raised alarm, a provider without a usable secret, or a processor that is off",
    )
    .addHelpText(
      "after",
      `
The numbers are SQS's approximate ones; ages and counts come from CloudWatch, a minute or two late. A failed try is not
yet a dead letter: a webhook has three. Secrets are read to see whether there is a usable one, and never shown; a provider
whose secret is missing or malformed has all its webhooks answered 503. On AWS one look reads seven metrics per provider, $0.01 for a thousand of them.

Examples:
  webhooks status
  webhooks status --stack prod --json
  webhooks status --stack prod --exit-code > /dev/null || page-someone`,
    );
  return withStackOptions(command).action(status);
}
