import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountConcurrency, shareConcurrency } from "./components/concurrency";
import { EventBus } from "./components/event-bus";
import { IngestFunction } from "./components/ingest-function";
import { Observability } from "./components/observability";
import { ProcessFunction } from "./components/process-function";
import { metricNamespace } from "./components/naming";
import { RecoverFunction } from "./components/recover-function";
import { RawPayloadBucket, rawPayloadBucketName } from "./components/raw-payload-bucket";
import { tagEverything } from "./components/tags";
import { WebhookApi } from "./components/webhook-api";
import { deadLetterQueueName, WebhookQueue, webhookQueueName } from "./components/webhook-queue";
import { WebhookTable, webhookTableName } from "./components/webhook-table";
import { Workflow } from "./components/workflow";
import { FUNCTION_TIMEOUT_SECONDS } from "./components/node-function";
import { loadConfig } from "./config";

const config = loadConfig();
const { serviceName, environmentSuffix, providers, logRetentionDays, recordRetentionDays, protect } = config;
const naming = { serviceName, environmentSuffix };
const { partition } = aws.getPartitionOutput();
const { accountId } = aws.getCallerIdentityOutput();
const { region } = aws.getRegionOutput();
const concurrency = pulumi.output(accountConcurrency()).apply((account) => shareConcurrency(account, config));

tagEverything(naming);

// Where webhooks are kept: the payload as it came, and what became of it.
const bucket = new RawPayloadBucket("raw-payloads", {
  ...naming,
  accountId,
  glacierAfterDays: config.glacierAfterDays,
  protect,
});
const table = new WebhookTable("webhooks", { ...naming, protect });

// 1. A request comes in at the API, 2. the ingestion function verifies and stores it, 3. and queues it.
const queue = new WebhookQueue("queue", {
  ...naming,
  consumerTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
  protect,
});
const ingest = new IngestFunction("ingest", {
  ...naming,
  partition,
  accountId,
  region,
  tableName: table.tableName,
  tableArn: table.tableArn,
  bucketName: bucket.bucketName,
  bucketArn: bucket.bucketArn,
  queueUrl: queue.queueUrl,
  queueArn: queue.queueArn,
  providers,
  recordRetentionDays,
  quarantine: config.quarantine,
  reservedConcurrency: concurrency.apply(({ ingestReserved }) => ingestReserved),
  logRetentionDays,
});
const api = new WebhookApi("api", {
  ...naming,
  partition,
  providers,
  functionName: ingest.functionName,
  invokeArn: ingest.invokeArn,
  throttleBurstLimit: config.throttleBurstLimit,
  throttleRateLimit: config.throttleRateLimit,
  detailedMetrics: config.detailedMetrics,
  logRetentionDays,
});

// 4. The processing function takes it off the queue, 5. the workflow enriches it, 6. and publishes it on the bus.
const bus = new EventBus("bus", {
  ...naming,
  partition,
  accountId,
  providers: providers.map(({ name }) => name),
  logRetentionDays,
  protect,
});
const workflow = new Workflow("workflow", {
  ...naming,
  partition,
  accountId,
  region,
  tableArn: table.tableArn,
  busArn: bus.busArn,
  providers,
  recordRetentionDays,
  executionLogLevel: config.executionLogLevel,
  executionLogData: config.executionLogData,
  logRetentionDays,
});
const processor = new ProcessFunction("process", {
  ...naming,
  partition,
  accountId,
  region,
  queueUrl: queue.queueUrl,
  queueArn: queue.queueArn,
  deadLetterQueueUrl: queue.deadLetterQueueUrl,
  deadLetterQueueArn: queue.deadLetterQueueArn,
  maxReceiveCount: queue.maxReceiveCount,
  reservedConcurrency: concurrency.apply(({ processReserved }) => processReserved),
  maximumConcurrency: concurrency.apply(({ processMaximum }) => processMaximum),
  stateMachineArn: workflow.stateMachineArn,
  tableName: table.tableName,
  tableArn: table.tableArn,
  logRetentionDays,
});

// When a service is down, the processing pauses until it answers again.
const recovery = new RecoverFunction("recover", {
  ...naming,
  mappingArn: processor.mappingArn,
  processFunctionName: processor.functionName,
  processFunctionArn: processor.functionArn,
  queueUrl: queue.queueUrl,
  queueArn: queue.queueArn,
  deadLetterQueueUrl: queue.deadLetterQueueUrl,
  deadLetterQueueArn: queue.deadLetterQueueArn,
  stateMachineArn: workflow.stateMachineArn,
  tableName: table.tableName,
  tableArn: table.tableArn,
  logRetentionDays,
});

// What there is to see of it: alarms, a dashboard, saved queries.
const observability = new Observability("observability", {
  ...naming,
  region,
  providers: providers.map(({ name }) => name),
  apiName: api.apiName,
  stageName: api.stageName,
  accessLogGroupName: api.accessLogGroupName,
  ingestFunctionName: ingest.functionName,
  queueArn: queue.queueArn,
  deadLetterQueueArn: queue.deadLetterQueueArn,
  processFunctionName: processor.functionName,
  recoverFunctionName: recovery.functionName,
  accountConcurrency: concurrency.apply(({ account }) => account),
  stateMachineArn: workflow.stateMachineArn,
  workflowLogGroupName: workflow.logGroupName,
  busName: bus.busName,
  unmatchedRuleName: bus.unmatchedRuleName,
  undeliveredQueueArn: bus.undeliveredQueueArn,
  alarmEmail: config.alarmEmail,
});

if (!protect) {
  // From fixed names, which the first preview knows too.
  accountId.apply((id) => {
    const held = [
      `table ${webhookTableName(naming)}`,
      `bucket ${rawPayloadBucketName(naming, id)}`,
      `queues ${webhookQueueName(naming)} and ${deadLetterQueueName(naming)}`,
    ];
    void pulumi.log.info(
      `protect is false: pulumi destroy, or another serviceName or environmentSuffix, deletes with all that they hold: ${held.join(", ")}`,
    );
  });
}

export const api_endpoint = api.endpoint;
export const dynamodb_table_name = table.tableName;
export const s3_bucket_name = bucket.bucketName;
export const sqs_queue_url = queue.queueUrl;
export const dlq_url = queue.deadLetterQueueUrl;
export const eventbridge_bus_arn = bus.busArn;
export const event_log_group_name = bus.eventLogGroupName;
export const state_machine_arn = workflow.stateMachineArn;
export const workflow_log_group_name = workflow.logGroupName;
export const ingestion_function_name = ingest.functionName;
export const processing_function_name = processor.functionName;
export const recovery_function_name = recovery.functionName;
export const undelivered_queue_url = bus.undeliveredQueueUrl;
export const throttle_burst_limit = config.throttleBurstLimit;
export const throttle_rate_limit = config.throttleRateLimit;
/** Providers with a limit of their own. */
export const provider_throttle_limits = Object.fromEntries(
  providers.flatMap(({ name, throttle }) => (throttle ? [[name, throttle]] : [])),
);
/** What of the account's Lambda concurrency this stack may take. */
export const lambda_concurrency = concurrency;
export const record_retention_days = recordRetentionDays;
export const metric_namespace = metricNamespace(naming);
export const dashboard_name = observability.dashboardName;
export const alarm_names = observability.alarmNames;

/** What the command line needs to know of the senders: where their secrets lie, never what they are. */
const senders = providers.map(({ name, scheme, orderingKey, split, url, duplicates, secret }) => ({
  name,
  scheme,
  ...(url !== undefined && isPlainAddress(url) && { url }),
  ...(orderingKey !== undefined && { orderingKey }),
  ...(duplicates !== undefined && { duplicates }),
  ...(split !== undefined && { split }),
  secret,
}));
export { senders as providers };

/** An address can hold a password, or a token in its query; such a one is no output. */
function isPlainAddress(url: string): boolean {
  const { username, password, search } = new URL(url);
  return `${username}${password}${search}` === "";
}
