import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlarmRule } from "./alarm-rule";
import { alarmRules } from "./alarm-rules";
import { dashboardBody } from "./dashboard";
import { metricNamespace, physicalName } from "./naming";
import { savedQueries } from "./saved-queries";
import type { Stages } from "./stages";
import { pick } from "./pick";

export interface ObservabilityArgs extends Stages {
  /** Maximum concurrent invocations of all the account's functions together. */
  readonly accountConcurrency: pulumi.Input<number>;
  /** Email address that is subscribed to the topic of alarms. */
  readonly alarmEmail?: string | undefined;
  /** ARN of another topic that alarms notify. */
  readonly alarmTopicArn?: string | undefined;
}

/**
 * Maximum length of an alarm's or a saved query's name.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const MAX_NAME_LENGTH = 255;

/** Alarms, a dashboard of the path, and saved queries. functions/adapters/metrics.ts defines the custom metrics. */
export class Observability extends pulumi.ComponentResource {
  readonly dashboardName: pulumi.Output<string>;
  readonly alarmNames: pulumi.Output<string[]>;
  /** ARN of the topic that every alarm notifies when it begins and ends. */
  readonly alarmTopicArn: pulumi.Output<string>;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:Observability", name, {}, opts);
    this.alarmTopicArn = this.createTopic(name, args);
    const actions = [this.alarmTopicArn, ...(args.alarmTopicArn === undefined ? [] : [args.alarmTopicArn])];
    this.countThrottledRequests(name, args);
    const alarms = Object.entries(alarmRules(args, args.accountConcurrency)).map(([part, rule]) =>
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
    this.registerOutputs(pick(this, "dashboardName", "alarmNames", "alarmTopicArn"));
  }

  /** Creates the topic of alarms, with a subscription of the address if there is one. */
  private createTopic(name: string, args: ObservabilityArgs): pulumi.Output<string> {
    const topic = new aws.sns.Topic(
      `${name}-alarms`,
      { name: physicalName(args, "alarms") },
      { parent: this },
    );
    if (args.alarmEmail !== undefined) {
      new aws.sns.TopicSubscription(
        `${name}-alarms-email`,
        { topic: topic.arn, protocol: "email", endpoint: args.alarmEmail },
        { parent: this },
      );
    }
    return topic.arn;
  }

  /** Counts throttled requests in the access log, since API Gateway counts them among all its 4xx. */
  private countThrottledRequests(name: string, args: ObservabilityArgs): void {
    new aws.cloudwatch.LogMetricFilter(
      `${name}-throttled`,
      {
        name: physicalName(args, "throttled"),
        logGroupName: args.api.accessLogGroupName,
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

  private createAlarm(
    name: string,
    part: string,
    rule: AlarmRule,
    actions: pulumi.Input<string>[],
    args: ObservabilityArgs,
  ): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${part}`,
      {
        name: physicalName(args, part, MAX_NAME_LENGTH),
        alarmDescription: `${rule.description} Runbook: docs/runbook.md#${rule.runbook ?? part}`,
        ...condition(rule),
        // Treat missing data as good: a metric without values means that nothing happened.
        treatMissingData: "notBreaching",
        alarmActions: actions,
        okActions: actions,
      },
      { parent: this },
    );
  }

  private createQueries(name: string, args: ObservabilityArgs): void {
    for (const [part, { logs, query }] of Object.entries(savedQueries(args))) {
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

/** Returns the condition that raises an alarm, in CloudWatch's form. */
function condition(rule: AlarmRule) {
  if ("silence" in rule) {
    const { periodSeconds, periods } = rule.silence;
    return {
      metricQueries: [
        ...rule.sumOf.map(({ statistic, ...metric }, index) => ({
          id: `m${index}`,
          metric: { ...metric, stat: statistic, period: periodSeconds },
        })),
        {
          id: "sum",
          label: "webhooks",
          expression: rule.sumOf.map((_, index) => `m${index}`).join(" + "),
          returnData: true,
        },
      ],
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      evaluationPeriods: periods,
    };
  }
  const { metric, above = 0, period = 60 } = rule;
  return {
    ...metric,
    comparisonOperator: "GreaterThanThreshold",
    threshold: above,
    period,
    evaluationPeriods: 1,
  };
}
