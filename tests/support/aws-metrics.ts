import { APIGatewayClient, GetRestApiCommand } from "@aws-sdk/client-api-gateway";
import {
  CloudWatchClient,
  GetMetricDataCommand,
  PutMetricDataCommand,
  type MetricDatum,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeMetricFiltersCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient, ListRulesCommand, TestEventPatternCommand } from "@aws-sdk/client-eventbridge";
import { GetFunctionConcurrencyCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListExecutionsCommand, SFNClient, type ExecutionStatus } from "@aws-sdk/client-sfn";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { queueDepth } from "../../inbox/queue";
import type { Inbox } from "./inbox";

/**
 * Puts metrics that AWS's services would count into the emulator's CloudWatch, under the namespace, name and dimensions
 * that AWS documents. The emulator itself counts only the functions' errors and throttles.
 */
export function awsMetrics({ stack }: Inbox) {
  const { outputs } = stack;
  const config = stack.emulator.client;
  const sqs = new SQSClient(config);
  const logs = new CloudWatchLogsClient(config);
  const bridge = new EventBridgeClient(config);
  const lambda = new LambdaClient(config);
  const apis = new APIGatewayClient(config);
  const sfn = new SFNClient({ ...config, disableHostPrefix: true });

  const cloudwatch = new CloudWatchClient(config);

  async function put(
    Namespace: string,
    dimensions: Readonly<Record<string, string>>,
    values: Readonly<Record<string, number>>,
  ): Promise<void> {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const MetricData = Object.entries(values).map(([MetricName, Value]): MetricDatum => ({
      ...{ MetricName, Value, Dimensions },
    }));
    await cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
  }

  return {
    /**
     * Puts the depth of a queue, and the age of its oldest message.
     * @param later seconds from now for which the age is computed, with the queue as it is now
     * @see
     * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
     */
    async queue(url: string, later = 0): Promise<void> {
      const { waiting } = await queueDepth(url, sqs);
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          VisibilityTimeout: 0,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ["SentTimestamp"],
        }),
      );
      const now = Date.now() + later * 1_000;
      const ages = Messages.map(({ Attributes }) => (now - Number(Attributes?.SentTimestamp)) / 1_000);
      await put(
        "AWS/SQS",
        { QueueName: url.split("/").at(-1) ?? "" },
        {
          ApproximateNumberOfMessagesVisible: waiting,
          ...(ages.length > 0 && { ApproximateAgeOfOldestMessage: Math.max(...ages) }),
        },
      );
    },

    /** Returns whether each of a provider's metrics has a value from the last ten minutes, even if only zero. */
    async counts(provider: string, metrics: readonly string[]): Promise<boolean> {
      const Dimensions = [{ Name: "Provider", Value: provider }];
      const metric = (MetricName: string) => ({
        Namespace: outputs.metric_namespace,
        MetricName,
        Dimensions,
      });
      const counted = (name: string) => ({
        Id: name.toLowerCase(),
        MetricStat: { Metric: metric(name), Period: 300, Stat: "SampleCount" },
      });
      const now = Date.now();
      const { MetricDataResults = [] } = await cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: metrics.map(counted),
          StartTime: new Date(now - 600_000),
          EndTime: new Date(now + 600_000),
        }),
      );
      return MetricDataResults.every(({ Values = [] }) => Values.length > 0);
    },

    /** Puts a zero for a provider's metrics into each five minutes of the last hour. */
    async silentHour(provider: string, metrics: readonly string[]): Promise<void> {
      const Dimensions = [{ Name: "Provider", Value: provider }];
      const now = Date.now();
      const MetricData = Array.from({ length: 11 }, (_, index) =>
        metrics.map((MetricName) => ({
          ...{ MetricName, Dimensions, Value: 0 },
          Timestamp: new Date(now - (index + 1) * 300_000),
        })),
      ).flat();
      await cloudwatch.send(new PutMetricDataCommand({ Namespace: outputs.metric_namespace, MetricData }));
    },

    /**
     * Puts the API's metrics for answers with these statuses: its own counts, and the result of the stack's metric
     * filters on the access log, which the emulator does not write.
     * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
     * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
     */
    async answers(statuses: readonly number[]): Promise<void> {
      const [, restApiId = "", Stage = ""] =
        /\/restapis\/([^/]+)\/([^/]+)\//.exec(outputs.api_endpoint) ?? [];
      const { name: ApiName = "" } = await apis.send(new GetRestApiCommand({ restApiId }));
      const failed = statuses.filter((status) => status >= 500).length;
      await put("AWS/ApiGateway", { ApiName, Stage }, { Count: statuses.length, "5XXError": failed });
      const { metricFilters = [] } = await logs.send(new DescribeMetricFiltersCommand({}));
      for (const { filterPattern = "", metricTransformations = [] } of metricFilters) {
        const [, wanted] = /^\{ \$\.status = "(\d+)" \}$/.exec(filterPattern) ?? [];
        const matching = statuses.filter((status) => String(status) === wanted).length;
        for (const { metricNamespace = "", metricName = "", metricValue } of metricTransformations)
          if (matching > 0) await put(metricNamespace, {}, { [metricName]: matching * Number(metricValue) });
      }
    },

    /**
     * Puts how many executions of the workflow failed, and how many timed out.
     * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
     */
    async executions(): Promise<void> {
      const StateMachineArn = outputs.state_machine_arn;
      const ended = async (statusFilter: ExecutionStatus) => {
        const wanted = { stateMachineArn: StateMachineArn, statusFilter };
        return (await sfn.send(new ListExecutionsCommand(wanted))).executions?.length ?? 0;
      };
      const [ExecutionsFailed, ExecutionsTimedOut] = [await ended("FAILED"), await ended("TIMED_OUT")];
      await put("AWS/States", { StateMachineArn }, { ExecutionsFailed, ExecutionsTimedOut });
    },

    /**
     * Puts how many events of the bus's log each rule matches.
     * @param part part of the names of the rules to count for
     * @returns how many events are in the log
     * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
     */
    async matchedEvents(part: string): Promise<number> {
      const EventBusName = outputs.eventbridge_bus_arn.split("/").at(-1) ?? "";
      const { Rules = [] } = await bridge.send(new ListRulesCommand({ EventBusName }));
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: outputs.event_log_group_name }),
      );
      for (const { Name: RuleName = "", EventPattern } of Rules.filter(({ Name }) => Name?.includes(part))) {
        const matched = await Promise.all(
          events.map(({ message: Event }) =>
            bridge.send(new TestEventPatternCommand({ Event, EventPattern })),
          ),
        );
        const MatchedEvents = matched.filter(({ Result }) => Result).length;
        if (MatchedEvents > 0) await put("AWS/Events", { EventBusName, RuleName }, { MatchedEvents });
      }
      return events.length;
    },

    /**
     * Puts how much of the account's concurrency is not free. That is the reserved concurrency, since no other function
     * runs at the time of this call.
     * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html
     */
    async claimedConcurrency(): Promise<void> {
      const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
      const reserved = await Promise.all(
        Functions.map(({ FunctionName }) => lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))),
      );
      const ClaimedAccountConcurrency = reserved.reduce(
        (sum, { ReservedConcurrentExecutions = 0 }) => sum + ReservedConcurrentExecutions,
        0,
      );
      await put("AWS/Lambda", {}, { ClaimedAccountConcurrency });
    },
  };
}
