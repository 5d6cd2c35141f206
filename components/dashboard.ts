import * as pulumi from "@pulumi/pulumi";
import { metricNamespace, type Naming } from "./naming";

/** What the dashboard shows, stage by stage. */
export interface DashboardArgs extends Naming {
  readonly region: pulumi.Input<string>;
  readonly providers: readonly string[];
  readonly apiName: pulumi.Input<string>;
  readonly stageName: pulumi.Input<string>;
  readonly ingestFunctionName: pulumi.Input<string>;
  readonly queueArn: pulumi.Input<string>;
  readonly deadLetterQueueArn: pulumi.Input<string>;
  readonly processFunctionName: pulumi.Input<string>;
  readonly stateMachineArn: pulumi.Input<string>;
  readonly busName: pulumi.Input<string>;
  readonly unmatchedRuleName: pulumi.Input<string>;
}

/** A metric as a dashboard has it: namespace, name, dimensions in turn, and how it is drawn. */
type Metric = readonly (string | Readonly<Record<string, unknown>>)[];

/** A dashboard is 24 units wide: six stages side by side. */
const STAGE_WIDTH = 4;
const STAGE_HEIGHT = 6;

/** The path from left to right, and below it each provider's share. */
export function dashboardBody(args: DashboardArgs): pulumi.Output<string> {
  const { providers } = args;
  const own = metricNamespace(args);
  return pulumi.output({ ...args, providers: undefined }).apply((names) => {
    const queueName = (arn: string) => arn.split(":").at(-1) ?? "";
    const api = ["ApiName", names.apiName, "Stage", names.stageName];
    const fn = (name: string, metric: string, options = {}): Metric => [
      "AWS/Lambda",
      metric,
      "FunctionName",
      name,
      options,
    ];
    const queue = (arn: string, metric: string, options = {}): Metric => [
      "AWS/SQS",
      metric,
      "QueueName",
      queueName(arn),
      options,
    ];
    const workflow = (metric: string, options = {}): Metric => [
      "AWS/States",
      metric,
      "StateMachineArn",
      names.stateMachineArn,
      options,
    ];
    const right = { yAxis: "right" };
    const stages: readonly [string, readonly Metric[]][] = [
      [
        "1. Requests",
        [
          ["AWS/ApiGateway", "Count", ...api, { stat: "Sum" }],
          ["AWS/ApiGateway", "4XXError", ...api, { stat: "Sum" }],
          ["AWS/ApiGateway", "5XXError", ...api, { stat: "Sum" }],
          ["AWS/ApiGateway", "Latency", ...api, { stat: "p99", ...right }],
        ],
      ],
      [
        "2. Ingestion",
        [
          fn(names.ingestFunctionName, "Invocations"),
          fn(names.ingestFunctionName, "Errors"),
          fn(names.ingestFunctionName, "Throttles"),
          fn(names.ingestFunctionName, "ConcurrentExecutions", { stat: "Maximum" }),
          fn(names.ingestFunctionName, "Duration", { stat: "p99", ...right }),
        ],
      ],
      [
        "3. Queue",
        [
          queue(names.queueArn, "ApproximateNumberOfMessagesVisible", { stat: "Maximum" }),
          queue(names.queueArn, "ApproximateNumberOfMessagesNotVisible", { stat: "Maximum" }),
          queue(names.queueArn, "ApproximateAgeOfOldestMessage", { stat: "Maximum", ...right }),
          queue(names.deadLetterQueueArn, "ApproximateNumberOfMessagesVisible", {
            stat: "Maximum",
            label: "dead letters",
          }),
        ],
      ],
      [
        "4. Processing",
        [
          fn(names.processFunctionName, "Invocations"),
          fn(names.processFunctionName, "Errors"),
          fn(names.processFunctionName, "Throttles"),
          fn(names.processFunctionName, "ConcurrentExecutions", { stat: "Maximum" }),
          fn(names.processFunctionName, "Duration", { stat: "p99", ...right }),
        ],
      ],
      [
        "5. Workflow",
        [
          workflow("ExecutionsSucceeded"),
          workflow("ExecutionsFailed"),
          workflow("ExecutionsTimedOut"),
          workflow("ExecutionTime", { stat: "p99", ...right }),
        ],
      ],
      [
        "6. Bus",
        [
          ...providers.map((provider): Metric => [own, "Published", "Provider", provider]),
          [
            "AWS/Events",
            "MatchedEvents",
            "EventBusName",
            names.busName,
            "RuleName",
            names.unmatchedRuleName,
            { label: "no rule" },
          ],
        ],
      ],
    ];
    const byProvider: readonly [string, string, string][] = [
      ["Accepted", "Accepted", "Sum"],
      ["Duplicates", "Duplicate", "Sum"],
      ["Rejected", "Rejected", "Sum"],
      ["No usable secret", "SecretUnusable", "Sum"],
      ["Published", "Published", "Sum"],
      ["Failed tries", "Failed", "Sum"],
      ["From receive to publish, p99 (ms)", "Latency", "p99"],
    ];
    const widget = (place: number, row: number, title: string, metrics: readonly Metric[], stat = "Sum") => ({
      type: "metric",
      x: place * STAGE_WIDTH,
      y: row * STAGE_HEIGHT,
      width: STAGE_WIDTH,
      height: STAGE_HEIGHT,
      properties: { title, metrics, stat, period: 60, region: names.region, view: "timeSeries" },
    });
    return JSON.stringify({
      widgets: [
        ...stages.map(([title, metrics], place) => widget(place, 0, title, metrics)),
        // CloudWatch refuses a widget without metrics, and without a provider these have none.
        ...(providers.length > 0 ? byProvider : []).map(([title, metric, stat], place) =>
          widget(
            place,
            1,
            title,
            providers.map((provider): Metric => [own, metric, "Provider", provider, { label: provider }]),
            stat,
          ),
        ),
      ],
    });
  });
}
