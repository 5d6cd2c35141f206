import * as pulumi from "@pulumi/pulumi";
import type { Config, ProviderArgs, SecretRef, Throttle } from "../config";
import type { ApiSettings } from "../functions/adapters/reconcile/apis";
import type { Consumer } from "./consumer";
import type { Concurrency } from "./concurrency";
import { metricNamespace } from "./naming";
import type { Observability } from "./observability";
import { reconciled } from "./reconcile-function";
import type { RawPayloadBucket } from "./raw-payload-bucket";
import type { Stages } from "./stages";
import type { WebhookTable } from "./webhook-table";

/** A provider's settings for the command line and the console: the name of its secret, never the secret itself. */
export type ProviderOutput = Pick<
  ProviderArgs,
  | "name"
  | "scheme"
  | "orderingKey"
  | "split"
  | "redact"
  | "url"
  | "duplicates"
  | "allowedSourceRanges"
  | "secret"
> & { readonly reconcile?: ReconcileOutput };

/** Settings for reconciling a provider: the compared part of its API, and the name of the API key. */
export interface ReconcileOutput {
  readonly settings: ApiSettings;
  readonly apiKey: SecretRef;
  readonly every_seconds: number;
  readonly settle_seconds: number;
}

/** A consumer's settings for the command line and the console. */
export interface ConsumerOutput {
  readonly kind: Consumer["kind"];
  readonly when?: string;
  readonly queue_url: string;
  readonly queue_arn: string;
  readonly dlq_url: string;
  readonly dlq_arn: string;
  /** UUID of the event source mapping through which a function reads the queue. */
  readonly mapping_uuid?: string;
}

interface Inbox extends Stages {
  readonly table: WebhookTable;
  readonly bucket: RawPayloadBucket;
  readonly observability: Observability;
  readonly concurrency: pulumi.Output<Concurrency>;
}

/** Outputs that the command line, the console and the load test read from a stack; a program must export them. */
export interface WebhookInboxOutputs {
  readonly api_endpoint: pulumi.Output<string>;
  /** Target of the CNAME record for the domain's name; absent without a domain. */
  readonly domain_target?: pulumi.Output<string>;
  /** ARN of the KMS key that encrypts stored data; absent for keys of AWS. */
  readonly kms_key_arn?: string;
  readonly dynamodb_table_name: pulumi.Output<string>;
  readonly s3_bucket_name: pulumi.Output<string>;
  readonly sqs_queue_url: pulumi.Output<string>;
  readonly dlq_url: pulumi.Output<string>;
  readonly eventbridge_bus_arn: pulumi.Output<string>;
  readonly event_log_group_name: pulumi.Output<string>;
  readonly state_machine_arn: pulumi.Output<string>;
  readonly workflow_log_group_name: pulumi.Output<string>;
  readonly ingestion_function_name: pulumi.Output<string>;
  readonly processing_function_name: pulumi.Output<string>;
  readonly recovery_function_name: pulumi.Output<string>;
  /** Absent unless a provider has `reconcile`. */
  readonly reconciliation_function_name?: pulumi.Output<string>;
  readonly undelivered_queue_url: pulumi.Output<string>;
  readonly throttle_burst_limit: number;
  readonly throttle_rate_limit: number;
  /** Throttle limits of providers with limits of their own, by name. */
  readonly provider_throttle_limits: Readonly<Record<string, Throttle>>;
  /** Shares of the account's Lambda concurrency for this inbox. */
  readonly lambda_concurrency: pulumi.Output<Concurrency>;
  readonly record_retention_days: number;
  readonly metric_namespace: string;
  readonly dashboard_name: pulumi.Output<string>;
  readonly alarm_names: pulumi.Output<string[]>;
  readonly alarm_topic_arn: pulumi.Output<string>;
  readonly providers: readonly ProviderOutput[];
  /** Consumers by name. */
  readonly consumer_queues: pulumi.Output<Readonly<Record<string, ConsumerOutput>>>;
}

/** Returns the outputs of an inbox. */
export function outputsOf(config: Config, inbox: Inbox): WebhookInboxOutputs {
  const { api, ingest, queue, bus, workflow, processor, recovery, table, bucket, observability } = inbox;
  return {
    api_endpoint: api.endpoint,
    ...(api.domainTarget && { domain_target: api.domainTarget }),
    ...(config.kmsKeyArn !== undefined && { kms_key_arn: config.kmsKeyArn }),
    dynamodb_table_name: table.tableName,
    s3_bucket_name: bucket.bucketName,
    sqs_queue_url: queue.queueUrl,
    dlq_url: queue.deadLetterQueueUrl,
    eventbridge_bus_arn: bus.busArn,
    event_log_group_name: bus.eventLogGroupName,
    state_machine_arn: workflow.stateMachineArn,
    workflow_log_group_name: workflow.logGroupName,
    ingestion_function_name: ingest.functionName,
    processing_function_name: processor.functionName,
    recovery_function_name: recovery.functionName,
    ...(inbox.reconciliation && { reconciliation_function_name: inbox.reconciliation.functionName }),
    undelivered_queue_url: bus.undeliveredQueueUrl,
    throttle_burst_limit: config.throttleBurstLimit,
    throttle_rate_limit: config.throttleRateLimit,
    provider_throttle_limits: Object.fromEntries(
      config.providers.flatMap(({ name, throttle }) => (throttle ? [[name, throttle]] : [])),
    ),
    lambda_concurrency: inbox.concurrency,
    record_retention_days: config.recordRetentionDays,
    metric_namespace: metricNamespace(config),
    dashboard_name: observability.dashboardName,
    alarm_names: observability.alarmNames,
    alarm_topic_arn: observability.alarmTopicArn,
    providers: config.providers.map(providerOutput),
    consumer_queues: consumerQueues(config, inbox.consumers),
  };
}

function consumerQueues(
  config: Config,
  consumers: readonly Consumer[],
): WebhookInboxOutputs["consumer_queues"] {
  const entries = consumers.map((consumer) => {
    const { consumerName, kind, mappingUuid } = consumer;
    const when = config.consumers.find(({ name }) => name === consumerName)?.when;
    return pulumi
      .output({
        kind,
        ...(when !== undefined && { when }),
        queue_url: consumer.queueUrl,
        queue_arn: consumer.queueArn,
        dlq_url: consumer.deadLetterQueueUrl,
        dlq_arn: consumer.deadLetterQueueArn,
        ...(mappingUuid && { mapping_uuid: mappingUuid }),
      })
      .apply((output): [string, ConsumerOutput] => [consumerName, output]);
  });
  return pulumi.all(entries).apply((all) => Object.fromEntries(all));
}

function providerOutput(provider: ProviderArgs): ProviderOutput {
  const { name, scheme, orderingKey, split, redact, url, duplicates, allowedSourceRanges, secret } = provider;
  const reconcile = reconciled(provider);
  return {
    name,
    scheme,
    ...(url !== undefined && isPlainAddress(url) && { url }),
    ...(orderingKey !== undefined && { orderingKey }),
    ...(duplicates !== undefined && { duplicates }),
    ...(split !== undefined && { split }),
    ...(redact !== undefined && { redact }),
    ...(allowedSourceRanges !== undefined && { allowedSourceRanges }),
    secret,
    ...(reconcile && {
      reconcile: {
        settings: reconcile.settings,
        apiKey: reconcile.apiKey,
        every_seconds: reconcile.everyMs / 1_000,
        settle_seconds: reconcile.settleMs / 1_000,
      },
    }),
  };
}

/**
 * Returns whether an address contains no password and no query, which can contain a token: such an address is no
 * output.
 */
function isPlainAddress(url: string): boolean {
  const { username, password, search } = new URL(url);
  return `${username}${password}${search}` === "";
}
