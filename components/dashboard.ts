import * as pulumi from "@pulumi/pulumi";
import { metricNamespace } from "./naming";
import type { Stages } from "./stages";

/** A metric in the form that dashboards take: namespace, name, dimensions in turn, and options of its line. */
type Metric = readonly (string | Readonly<Record<string, unknown>>)[];

interface Widget {
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly stat?: string;
}

/** Width of a stage, in units: a dashboard is 24 units wide and shows six stages side by side. */
const STAGE_WIDTH = 4;
const STAGE_HEIGHT = 6;

const RIGHT = { yAxis: "right" };
const MAXIMUM = { stat: "Maximum" };

/** Returns the body of a dashboard with the path from left to right and, below it, each provider's share. */
export function dashboardBody(stages: Stages): pulumi.Output<string> {
  const { providers, api, ingest, queue, processor, workflow, bus, region } = stages;
  const own = metricNamespace(stages);
  const names = {
    region,
    apiName: api.apiName,
    stageName: api.stageName,
    ingest: ingest.functionName,
    queueArn: queue.queueArn,
    deadLetterQueueArn: queue.deadLetterQueueArn,
    process: processor.functionName,
    stateMachineArn: workflow.stateMachineArn,
    busName: bus.busName,
    unmatchedRuleName: bus.unmatchedRuleName,
  };
  return pulumi.output(names).apply((resolved) => {
    const rows = [
      [...entryWidgets(resolved), ...processingWidgets(resolved), busWidget(resolved, own, providers)],
      providerWidgets(own, providers),
    ];
    return JSON.stringify({
      widgets: rows.flatMap((widgets, row) =>
        widgets.map(({ title, metrics, stat = "Sum" }, column) => ({
          type: "metric",
          x: column * STAGE_WIDTH,
          y: row * STAGE_HEIGHT,
          width: STAGE_WIDTH,
          height: STAGE_HEIGHT,
          properties: { title, metrics, stat, period: 60, region: resolved.region, view: "timeSeries" },
        })),
      ),
    });
  });
}

interface Names {
  readonly apiName: string;
  readonly stageName: string;
  readonly ingest: string;
  readonly queueArn: string;
  readonly deadLetterQueueArn: string;
  readonly process: string;
  readonly stateMachineArn: string;
  readonly busName: string;
  readonly unmatchedRuleName: string;
}

/** Returns the widgets for requests, ingestion and the queue. */
function entryWidgets({ apiName, stageName, ingest, queueArn, deadLetterQueueArn }: Names): Widget[] {
  const requests = (metric: string, options: object): Metric => [
    "AWS/ApiGateway",
    metric,
    ...["ApiName", apiName, "Stage", stageName],
    { ...options },
  ];
  const queue = (arn: string, metric: string, options = {}): Metric => [
    "AWS/SQS",
    metric,
    ...["QueueName", arn.split(":").at(-1) ?? ""],
    { ...MAXIMUM, ...options },
  ];
  return [
    {
      title: "1. Requests",
      metrics: [
        requests("Count", { stat: "Sum" }),
        requests("4XXError", { stat: "Sum" }),
        requests("5XXError", { stat: "Sum" }),
        requests("Latency", { stat: "p99", ...RIGHT }),
      ],
    },
    { title: "2. Ingestion", metrics: functionMetrics(ingest) },
    {
      title: "3. Queue",
      metrics: [
        queue(queueArn, "ApproximateNumberOfMessagesVisible"),
        queue(queueArn, "ApproximateNumberOfMessagesNotVisible"),
        queue(queueArn, "ApproximateAgeOfOldestMessage", RIGHT),
        queue(deadLetterQueueArn, "ApproximateNumberOfMessagesVisible", { label: "dead letters" }),
      ],
    },
  ];
}

function processingWidgets({ process, stateMachineArn }: Names): Widget[] {
  const executions = (metric: string, options = {}): Metric => [
    "AWS/States",
    metric,
    "StateMachineArn",
    stateMachineArn,
    options,
  ];
  return [
    { title: "4. Processing", metrics: functionMetrics(process) },
    {
      title: "5. Workflow",
      metrics: [
        executions("ExecutionsSucceeded"),
        executions("ExecutionsFailed"),
        executions("ExecutionsTimedOut"),
        executions("ExecutionTime", { stat: "p99", ...RIGHT }),
      ],
    },
  ];
}

function functionMetrics(name: string): Metric[] {
  const metric = (what: string, options = {}): Metric => ["AWS/Lambda", what, "FunctionName", name, options];
  return [
    metric("Invocations"),
    metric("Errors"),
    metric("Throttles"),
    metric("ConcurrentExecutions", MAXIMUM),
    metric("Duration", { stat: "p99", ...RIGHT }),
  ];
}

function busWidget({ busName, unmatchedRuleName }: Names, own: string, providers: readonly string[]): Widget {
  const unmatched = ["EventBusName", busName, "RuleName", unmatchedRuleName, { label: "no rule" }];
  return {
    title: "6. Bus",
    metrics: [
      ...providers.map((provider): Metric => [own, "Published", "Provider", provider]),
      ["AWS/Events", "MatchedEvents", ...unmatched],
    ],
  };
}

/**
 * Returns widgets with a line per provider; none without providers, since CloudWatch rejects a widget without metrics.
 */
function providerWidgets(own: string, providers: readonly string[]): Widget[] {
  if (providers.length === 0) return [];
  const widget = (title: string, metric: string, stat = "Sum"): Widget => ({
    title,
    metrics: providers.map((provider): Metric => [own, metric, "Provider", provider, { label: provider }]),
    stat,
  });
  return [
    widget("Accepted", "Accepted"),
    widget("Duplicates", "Duplicate"),
    widget("Rejected", "Rejected"),
    widget("No usable secret", "SecretUnusable"),
    widget("Published", "Published"),
    widget("Failed attempts", "Failed"),
    widget("From receive to publish, p99 (ms)", "Latency", "p99"),
  ];
}
