import {
  CloudWatchClient,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type ComparisonOperator,
  type StandardUnit,
  type Statistic,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutMetricFilterCommand,
  PutResourcePolicyCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import type * as aws from "../../components/aws";
import { ACCOUNT_ID, REGION } from "../emulator";
import { tagList, type Inputs, type Service } from "./resource";

/** Creates resources of CloudWatch, and of EventBridge and CloudWatch Logs, which Pulumi has in the same module. */
// A table with one entry per resource type, so its length is not complexity.
// eslint-disable-next-line max-lines-per-function
export const cloudwatch: Service = ({ client }) => {
  const events = new EventBridgeClient(client);
  const logs = new CloudWatchLogsClient(client);
  const metrics = new CloudWatchClient(client);
  return {
    "aws:cloudwatch/eventBus:EventBus": async ({ name, tags }: Inputs<aws.cloudwatch.EventBusArgs>) => {
      const { EventBusArn } = await events.send(
        new CreateEventBusCommand({ Name: name, Tags: tagList(tags) }),
      );
      return { id: String(name), state: { arn: EventBusArn } };
    },
    "aws:cloudwatch/eventRule:EventRule": async (inputs: Inputs<aws.cloudwatch.EventRuleArgs>) => {
      const { RuleArn } = await events.send(
        new PutRuleCommand({
          Name: inputs.name,
          Description: inputs.description,
          EventBusName: inputs.eventBusName,
          EventPattern: inputs.eventPattern,
          ScheduleExpression: inputs.scheduleExpression,
          Tags: tagList(inputs.tags),
        }),
      );
      return { id: String(inputs.name), state: { arn: RuleArn } };
    },
    "aws:cloudwatch/eventTarget:EventTarget": async (inputs: Inputs<aws.cloudwatch.EventTargetArgs>) => {
      const Id = `${inputs.rule}-target`;
      const { FailedEntries } = await events.send(
        new PutTargetsCommand({
          Rule: inputs.rule,
          EventBusName: inputs.eventBusName,
          Targets: [
            {
              Id,
              Arn: inputs.arn,
              Input: inputs.input,
              ...(inputs.inputTransformer && {
                InputTransformer: {
                  InputPathsMap: inputs.inputTransformer.inputPaths,
                  InputTemplate: inputs.inputTransformer.inputTemplate,
                },
              }),
              ...(inputs.deadLetterConfig && { DeadLetterConfig: { Arn: inputs.deadLetterConfig.arn } }),
            },
          ],
        }),
      );
      if (FailedEntries?.length) throw new Error(FailedEntries[0]?.ErrorMessage);
      return { id: Id, state: { targetId: Id } };
    },
    "aws:cloudwatch/logGroup:LogGroup": async (inputs: Inputs<aws.cloudwatch.LogGroupArgs>) => {
      await logs.send(new CreateLogGroupCommand({ logGroupName: inputs.name, tags: inputs.tags }));
      await logs.send(
        new PutRetentionPolicyCommand({ logGroupName: inputs.name, retentionInDays: inputs.retentionInDays }),
      );
      return {
        id: String(inputs.name),
        state: { arn: `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${inputs.name}` },
      };
    },
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": async (
      inputs: Inputs<aws.cloudwatch.LogResourcePolicyArgs>,
    ) => {
      await logs.send(
        new PutResourcePolicyCommand({
          policyName: inputs.policyName,
          resourceArn: inputs.resourceArn,
          policyDocument: String(inputs.policyDocument),
        }),
      );
      return { id: String(inputs.resourceArn ?? inputs.policyName), state: {} };
    },
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": async (
      inputs: Inputs<aws.cloudwatch.LogMetricFilterArgs>,
    ) => {
      const { namespace, name, value, unit } = inputs.metricTransformation;
      await logs.send(
        new PutMetricFilterCommand({
          logGroupName: String(inputs.logGroupName),
          filterName: inputs.name,
          filterPattern: inputs.pattern,
          metricTransformations: [
            { metricNamespace: namespace, metricName: name, metricValue: value, unit: unit as StandardUnit },
          ],
        }),
      );
      return { id: String(inputs.name), state: {} };
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": async (inputs: Inputs<aws.cloudwatch.MetricAlarmArgs>) => {
      await metrics.send(
        new PutMetricAlarmCommand({
          AlarmName: inputs.name,
          AlarmDescription: inputs.alarmDescription,
          Namespace: inputs.namespace,
          MetricName: inputs.metricName,
          Dimensions: inputs.dimensions && dimensionList(inputs.dimensions),
          Metrics: inputs.metricQueries?.map(({ id, label, expression, returnData, metric }) => ({
            Id: id,
            Label: label,
            Expression: expression,
            ReturnData: returnData ?? false,
            MetricStat: metric && {
              Metric: {
                Namespace: metric.namespace,
                MetricName: metric.metricName,
                Dimensions: dimensionList(metric.dimensions ?? {}),
              },
              Period: metric.period,
              Stat: metric.stat,
            },
          })),
          Statistic: inputs.statistic as Statistic,
          ComparisonOperator: inputs.comparisonOperator as ComparisonOperator,
          Threshold: inputs.threshold,
          Period: inputs.period,
          EvaluationPeriods: inputs.evaluationPeriods,
          TreatMissingData: inputs.treatMissingData,
          AlarmActions: inputs.alarmActions?.map(String),
          OKActions: inputs.okActions?.map(String),
          Tags: tagList(inputs.tags),
        }),
      );
      const arn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT_ID}:alarm:${inputs.name}`;
      return { id: String(inputs.name), state: { arn } };
    },
    "aws:cloudwatch/dashboard:Dashboard": async (inputs: Inputs<aws.cloudwatch.DashboardArgs>) => {
      await metrics.send(
        new PutDashboardCommand({
          DashboardName: inputs.dashboardName,
          DashboardBody: String(inputs.dashboardBody),
        }),
      );
      return { id: inputs.dashboardName, state: {} };
    },
    // Create nothing: the emulator does not support saved queries, and processing does not need them.
    "aws:cloudwatch/queryDefinition:QueryDefinition": (inputs: Inputs<aws.cloudwatch.QueryDefinitionArgs>) =>
      Promise.resolve({ id: String(inputs.name), state: {} }),
  };
};

function dimensionList(dimensions: Readonly<Record<string, string>>) {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}
