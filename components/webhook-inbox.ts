import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { complete, type Config, type WebhookInboxArgs } from "../config";
import { accountConcurrency, shareConcurrency, type Concurrency } from "./concurrency";
import { Consumer, consumerDeadLetterQueueName, consumerQueueName } from "./consumer";
import { encryption } from "./encryption";
import { EventBus } from "./event-bus";
import { IngestFunction } from "./ingest-function";
import type { Location, Naming } from "./naming";
import { FUNCTION_TIMEOUT_SECONDS } from "./node-function";
import { Observability } from "./observability";
import { outputsOf, type WebhookInboxOutputs } from "./outputs";
import { bounding } from "./permissions-boundary";
import { ProcessFunction } from "./process-function";
import { RawPayloadBucket, rawPayloadBucketName } from "./raw-payload-bucket";
import { reconciliation, type ReconcileFunction } from "./reconcile-function";
import { RecoverFunction } from "./recover-function";
import { tagging } from "./tags";
import type { Stages } from "./stages";
import { WebhookApi } from "./webhook-api";
import { deadLetterQueueName, WebhookQueue, webhookQueueName } from "./webhook-queue";
import { WebhookTable, webhookTableName } from "./webhook-table";
import { Workflow } from "./workflow";

/**
 * A webhook inbox: an API that verifies, stores and queues webhooks, a workflow that processes them in order, and an
 * EventBridge bus that they are published to.
 *
 * A program may have several, if their `serviceName` or `environmentSuffix` differ. They are in the account and Region of
 * the provider that `opts` gives, or of the default one.
 * @example
 * const inbox = new WebhookInbox("inbox", {
 *   providers: [{ name: "stripe", scheme: "stripe", secret: { ssm: "/webhook-inbox/dev/stripe" } }],
 * });
 * export = inbox.outputs;
 */
export class WebhookInbox extends pulumi.ComponentResource {
  /** Keeps every payload byte for byte. */
  readonly bucket: RawPayloadBucket;
  /** Keeps one record per webhook. */
  readonly table: WebhookTable;
  /** The API; the address to enter at a provider is `api.endpoint` followed by `/<name>`. */
  readonly api: WebhookApi;
  readonly ingest: IngestFunction;
  readonly queue: WebhookQueue;
  readonly processor: ProcessFunction;
  readonly recovery: RecoverFunction;
  /** Absent if no provider has `reconcile`. */
  readonly reconciliation: ReconcileFunction | undefined;
  readonly workflow: Workflow;
  /** The bus; put rules of your own on `bus.busName`. {@link eventSource} returns the source of a provider's events. */
  readonly bus: EventBus;
  /** Consumers by name; a function of your own reads `consumers.billing.queueArn`. */
  readonly consumers: Readonly<Record<string, Consumer>>;
  readonly observability: Observability;
  /** Outputs that `webhooks` and the console read: export them as the outputs of your program. */
  readonly outputs: WebhookInboxOutputs;

  /**
   * @param name first part of the resources' logical names
   * @throws {pulumi.RunError} that lists every wrong argument with its value and what is allowed, before anything is created
   */
  constructor(name: string, args: WebhookInboxArgs, opts?: pulumi.ComponentResourceOptions) {
    const config = complete(args, `WebhookInbox ${name}`);
    const transformations = transformationsOf(config);
    super("webhook-inbox:index:WebhookInbox", name, {}, pulumi.mergeOptions({ transformations }, opts));
    const child = { parent: this };
    const concurrency = this.shareConcurrency(config);
    const own = { ...config, ...this.locate(), ...watched(config) };
    const providers = config.providers.map((provider) => provider.name);

    // Create the stores: for the payloads as received, and for the records of their processing.
    this.bucket = new RawPayloadBucket(`${name}-raw-payloads`, own, child);
    this.table = new WebhookTable(`${name}-webhooks`, own, child);
    const { bucket, table } = this;

    // 1. A request is received at the API, 2. the ingestion function verifies and stores it, 3. and queues it.
    this.queue = new WebhookQueue(
      `${name}-queue`,
      { ...own, consumerTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS },
      child,
    );
    const { queue } = this;
    const ingestReserved = concurrency.apply((share) => share.ingestReserved);
    this.ingest = new IngestFunction(
      `${name}-ingest`,
      { ...own, table, bucket, queue, reservedConcurrency: ingestReserved },
      child,
    );
    this.api = new WebhookApi(`${name}-api`, { ...own, ingest: this.ingest }, child);

    // 4. The processing function takes it off the queue, 5. the workflow enriches it, 6. and publishes it on the bus.
    this.bus = new EventBus(`${name}-bus`, { ...own, providers }, child);
    const consumers = config.consumers.map(
      (consumer) =>
        new Consumer(`${name}-consumer-${consumer.name}`, { ...own, table, bucket, consumer }, child),
    );
    this.consumers = Object.fromEntries(consumers.map((consumer) => [consumer.consumerName, consumer]));
    this.workflow = new Workflow(
      `${name}-workflow`,
      { ...own, table, bus: this.bus, consumerQueues: consumers },
      child,
    );
    const { workflow } = this;
    this.processor = new ProcessFunction(
      `${name}-process`,
      {
        ...own,
        ...{ table, queue, workflow },
        reservedConcurrency: concurrency.apply((share) => share.processReserved),
        maximumConcurrency: concurrency.apply((share) => share.processMaximum),
      },
      child,
    );

    // When a service is down, the processing pauses until it answers again.
    const { processor } = this;
    this.recovery = new RecoverFunction(
      `${name}-recover`,
      { ...own, processor, table, queue, workflow },
      child,
    );

    // Recover webhooks that never arrived, from the providers' APIs.
    this.reconciliation = reconciliation(`${name}-reconcile`, { ...own, table, bucket, queue }, child);

    // Make the inbox observable: alarms, a dashboard, saved queries.
    const { api, ingest, bus, recovery } = this;
    const path = { api, ingest, queue, processor, recovery, workflow, bus, consumers };
    const stages = { ...own, providers, ...path, reconciliation: this.reconciliation };
    this.observability = new Observability(
      `${name}-observability`,
      { ...stages, accountConcurrency: concurrency.apply(({ account }) => account) },
      child,
    );
    if (!config.protect) this.sayWhatCanBeLost(own, config);
    const { observability } = this;
    this.outputs = outputsOf(config, { ...stages, table, bucket, concurrency, observability });
    this.registerOutputs(this.outputs);
  }

  /** Returns the partition, account and Region of the component's provider. */
  private locate(): Omit<Location, keyof Naming> {
    const child = { parent: this };
    const { partition, dnsSuffix } = aws.getPartitionOutput({}, child);
    return {
      partition,
      dnsSuffix,
      accountId: aws.getCallerIdentityOutput({}, child).accountId,
      region: aws.getRegionOutput({}, child).region,
    };
  }

  private shareConcurrency(config: Config): pulumi.Output<Concurrency> {
    return pulumi
      .output(accountConcurrency({ parent: this }))
      .apply((account) => shareConcurrency(account, config));
  }

  /** Logs which resources can be lost, with all their data. Uses fixed names, which the first preview knows too. */
  private sayWhatCanBeLost(own: Location, { consumers }: Config): void {
    const queues = [
      webhookQueueName(own),
      deadLetterQueueName(own),
      ...consumers.flatMap(({ name }) => [
        consumerQueueName(own, name),
        consumerDeadLetterQueueName(own, name),
      ]),
    ];
    pulumi.output(own.accountId).apply((id) => {
      const held = [
        `table ${webhookTableName(own)}`,
        `bucket ${rawPayloadBucketName(own, id)}`,
        `queues ${queues.slice(0, -1).join(", ")} and ${queues.at(-1)}`,
      ];
      void pulumi.log.info(
        `protect is false: pulumi destroy, or another serviceName or environmentSuffix, deletes with all that they hold: ${held.join(", ")}`,
      );
    });
  }
}

/** Returns the transformations that give every resource of an inbox its tags, its key and its permissions boundary. */
function transformationsOf(config: Config): pulumi.ResourceTransformation[] {
  const { kmsKeyArn, permissionsBoundaryArn } = config;
  return [
    tagging(config),
    ...(kmsKeyArn === undefined ? [] : [encryption(kmsKeyArn)]),
    ...(permissionsBoundaryArn === undefined ? [] : [bounding(permissionsBoundaryArn)]),
  ];
}

/** Returns which providers are expected to send, and how often, and which are restricted to certain addresses. */
function watched({ providers }: Config): Pick<Stages, "expected" | "fromRanges"> {
  return {
    expected: Object.fromEntries(
      providers.flatMap(({ name, expectEvery }) => (expectEvery === undefined ? [] : [[name, expectEvery]])),
    ),
    fromRanges: providers.filter((provider) => provider.allowedSourceRanges).map(({ name }) => name),
  };
}
