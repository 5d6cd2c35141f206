import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dashboardBody, type DashboardArgs } from "./dashboard";
import { metricNamespace, physicalName, type Naming } from "./naming";

export interface ObservabilityArgs extends Naming, DashboardArgs {
  /** ARN of the queue that takes what a rule's target did not. */
  readonly undeliveredQueueArn: pulumi.Input<string>;
  readonly accessLogGroupName: pulumi.Input<string>;
  readonly workflowLogGroupName: pulumi.Input<string>;
  readonly recoverFunctionName: pulumi.Input<string>;
  /** Invocations at once that the account may run, all functions together. */
  readonly accountConcurrency: pulumi.Input<number>;
  /** Address that alarms are sent to; without one they only change their colour. */
  readonly alarmEmail?: string | undefined;
  /** Age of the oldest message, in seconds, that raises an alarm. @default 1800: an outage is waited out for 15 minutes */
  readonly maxMessageAgeSeconds?: number;
  /** Requests with a wrong signature within five minutes, per provider, that raise an alarm. @default 10 */
  readonly maxWrongSignatures?: number;
}

/** When an alarm is raised: the sum or the maximum of a metric within the periods is above the threshold. */
interface Rule {
  readonly description: string;
  readonly metric: Readonly<{
    namespace: string;
    metricName: string;
    dimensions: Record<string, pulumi.Input<string>>;
    statistic: "Sum" | "Maximum";
  }>;
  /** @default 0 */
  readonly above?: pulumi.Input<number>;
  /** Seconds. @default 60 */
  readonly period?: number;
}

const FIVE_MINUTES = 300;

/** Part of the account's concurrency that raises an alarm. @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html */
const NEARLY_ALL = 0.8;

/** Longest name of an alarm and of a saved query. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MAX_NAME_LENGTH = 255;

/** Alarms, a dashboard of the path and saved queries; what the metrics mean is in functions/adapters/metrics.ts. */
export class Observability extends pulumi.ComponentResource {
  readonly dashboardName: pulumi.Output<string>;
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:Observability", name, {}, opts);
    const actions = this.createTopic(name, args);
    this.countThrottledRequests(name, args);
    const alarms = Object.entries(this.rules(args)).map(([part, rule]) =>
      this.createAlarm(name, part, rule, actions, args),
    );
    const dashboard = new aws.cloudwatch.Dashboard(
      name,
      { dashboardName: physicalName(args, "path"), dashboardBody: dashboardBody(args) },
      { parent: this },
    );
    this.createQueries(name, args);
    this.dashboardName = dashboard.dashboardName;
    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ dashboardName: this.dashboardName, alarmNames: this.alarmNames });
  }

  /** @returns what an alarm does: it tells the topic, where somebody listens */
  private createTopic(name: string, args: ObservabilityArgs): pulumi.Output<string>[] {
    if (args.alarmEmail === undefined) return [];
    const topic = new aws.sns.Topic(
      `${name}-alarms`,
      { name: physicalName(args, "alarms") },
      { parent: this },
    );
    new aws.sns.TopicSubscription(
      `${name}-alarms-email`,
      { topic: topic.arn, protocol: "email", endpoint: args.alarmEmail },
      { parent: this },
    );
    return [topic.arn];
  }

  /** API Gateway counts what it throttles among all its 4xx; the access log tells which they are. */
  private countThrottledRequests(name: string, args: ObservabilityArgs): void {
    new aws.cloudwatch.LogMetricFilter(
      `${name}-throttled`,
      {
        name: physicalName(args, "throttled"),
        logGroupName: args.accessLogGroupName,
        pattern: '{ $.status = "429" }',
        metricTransformation: {
          namespace: metricNamespace(args),
          name: "Throttled",
          value: "1",
          unit: "Count",
        },
      },
      { parent: this },
    );
  }

  private rules(args: ObservabilityArgs): Record<string, Rule> {
    const queue = (arn: pulumi.Input<string>, metricName: string): Rule["metric"] => ({
      namespace: "AWS/SQS",
      metricName,
      dimensions: { QueueName: pulumi.output(arn).apply((text) => text.split(":").at(-1) ?? "") },
      statistic: "Maximum",
    });
    const workflow = (metricName: string): Rule["metric"] => ({
      namespace: "AWS/States",
      metricName,
      dimensions: { StateMachineArn: args.stateMachineArn },
      statistic: "Sum",
    });
    const lambda = (FunctionName: pulumi.Input<string>, metricName: string): Rule["metric"] => ({
      namespace: "AWS/Lambda",
      metricName,
      dimensions: { FunctionName },
      statistic: "Sum",
    });
    const throttledFunction = (name: pulumi.Input<string>): Rule => ({
      description:
        "Lambda had no room for an invocation. Raise the account's concurrency, or what is reserved for the function.",
      metric: lambda(name, "Throttles"),
    });
    const own = (metricName: string, dimensions: Record<string, pulumi.Input<string>>): Rule["metric"] => ({
      namespace: metricNamespace(args),
      metricName,
      dimensions,
      statistic: "Sum",
    });
    return {
      "dead-letters": {
        description:
          "Webhooks lie in the dead-letter queue. See the reason in the console, mend it, send them again.",
        metric: queue(args.deadLetterQueueArn, "ApproximateNumberOfMessagesVisible"),
      },
      "undelivered-events": {
        description: "A target of the bus did not take events; they lie in its dead-letter queue.",
        metric: queue(args.undeliveredQueueArn, "ApproximateNumberOfMessagesVisible"),
      },
      "message-age": {
        description:
          "Webhooks wait long. Is a service failing, or does one group come in faster than it is processed?",
        metric: queue(args.queueArn, "ApproximateAgeOfOldestMessage"),
        above: args.maxMessageAgeSeconds ?? 1_800,
      },
      "ingestion-5xx": {
        description:
          "Requests were answered 5xx: a store or the queue did not take them. Senders come again.",
        metric: {
          namespace: "AWS/ApiGateway",
          metricName: "5XXError",
          dimensions: { ApiName: args.apiName, Stage: args.stageName },
          statistic: "Sum",
        },
        above: 5,
        period: FIVE_MINUTES,
      },
      "secret-unusable": {
        description:
          "Webhooks came for a provider whose secret is missing or malformed. See webhooks status, store it with webhooks secrets add, then let in what is kept with webhooks rejected release.",
        metric: own("SecretUnusable", {}),
      },
      "throttled-requests": {
        description: "The API answered 429: senders post faster than throttleRateLimit allows.",
        metric: own("Throttled", {}),
        period: FIVE_MINUTES,
      },
      "ingest-throttled": throttledFunction(args.ingestFunctionName),
      "process-throttled": throttledFunction(args.processFunctionName),
      "recover-throttled": throttledFunction(args.recoverFunctionName),
      "account-concurrency": {
        description:
          "The account's functions take four fifths of its Lambda concurrency. Ask AWS for more, or hold this stack's functions to less.",
        metric: {
          namespace: "AWS/Lambda",
          metricName: "ClaimedAccountConcurrency",
          dimensions: {},
          statistic: "Maximum",
        },
        above: pulumi.output(args.accountConcurrency).apply((account) => Math.floor(account * NEARLY_ALL)),
      },
      "process-errors": {
        description:
          "The processing function failed or ran out of time. Its webhooks come again, and each time uses up one of three receives.",
        metric: lambda(args.processFunctionName, "Errors"),
        period: FIVE_MINUTES,
      },
      "recover-errors": {
        description:
          "The recovery function fails: an outage is neither waited out nor ended, and dead letters get no status.",
        metric: lambda(args.recoverFunctionName, "Errors"),
        above: 2,
        period: FIVE_MINUTES,
      },
      "workflow-failed": {
        description: "Executions of the workflow failed as a whole. Their webhooks are tried again.",
        metric: workflow("ExecutionsFailed"),
        above: 5,
        period: FIVE_MINUTES,
      },
      "workflow-timed-out": {
        description: "Executions of the workflow ran out of time.",
        metric: workflow("ExecutionsTimedOut"),
        above: 5,
        period: FIVE_MINUTES,
      },
      "events-without-rule": {
        description: "Events matched no provider's rule, only the catch-all.",
        metric: {
          namespace: "AWS/Events",
          metricName: "MatchedEvents",
          dimensions: { EventBusName: args.busName, RuleName: args.unmatchedRuleName },
          statistic: "Sum",
        },
      },
      ...Object.fromEntries(
        args.providers.map((provider): [string, Rule] => [
          `wrong-signatures-${provider}`,
          {
            description: `Requests for ${provider} had a wrong signature: a rotated secret, or somebody forges. See webhooks rejected list.`,
            metric: own("Rejected", { Provider: provider, Reason: "signature_mismatch" }),
            above: args.maxWrongSignatures ?? 10,
            period: FIVE_MINUTES,
          },
        ]),
      ),
    };
  }

  private createAlarm(
    name: string,
    part: string,
    { description, metric, above = 0, period = 60 }: Rule,
    actions: pulumi.Output<string>[],
    args: ObservabilityArgs,
  ): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${part}`,
      {
        name: physicalName(args, part, MAX_NAME_LENGTH),
        alarmDescription: description,
        ...metric,
        comparisonOperator: "GreaterThanThreshold",
        threshold: above,
        period,
        evaluationPeriods: 1,
        // Nothing happened, so nothing was counted.
        treatMissingData: "notBreaching",
        alarmActions: actions,
        okActions: actions,
      },
      { parent: this },
    );
  }

  private createQueries(name: string, args: ObservabilityArgs): void {
    const functions = [args.ingestFunctionName, args.processFunctionName].map(
      (fn) => pulumi.interpolate`/aws/lambda/${fn}`,
    );
    const queries = {
      "one-webhook": {
        logs: functions,
        query: `fields @timestamp, event, status, outcome, reason, replay, executionArn, error.message, trace
| filter id = 'put the event id here'
| sort @timestamp`,
      },
      "one-execution": {
        logs: [args.workflowLogGroupName],
        query: `fields @timestamp, type, details.name, details.error, details.cause
| filter execution_arn like 'put the execution name here'
| sort id`,
      },
      rejected: {
        logs: functions.slice(0, 1),
        query: `filter event = 'webhook.received' and status >= 400
| stats count() as requests by provider, status, reason, diagnosis.cause, sourceIp
| sort requests desc`,
      },
      slowest: {
        logs: functions.slice(1),
        query: `filter event = 'webhook.processed' and ispresent(Latency)
| stats count() as published, pct(Latency, 50) as p50ms, pct(Latency, 99) as p99ms, max(Latency) as maxms by provider`,
      },
    };
    for (const [part, { logs, query }] of Object.entries(queries)) {
      new aws.cloudwatch.QueryDefinition(
        `${name}-${part}`,
        {
          name: physicalName(args, `query-${part}`, MAX_NAME_LENGTH),
          logGroupNames: logs,
          queryString: query,
        },
        { parent: this },
      );
    }
  }
}
