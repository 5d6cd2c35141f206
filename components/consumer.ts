import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import type { ConsumerArgs } from "../config";
import { createFifoQueue } from "./fifo-queue";
import { HttpDelivery, type HttpDeliveryArgs } from "./http-delivery";
import { physicalName, type Location, type Naming } from "./naming";
import { TIMEOUTS_HIDDEN } from "./webhook-queue";
import { pick } from "./pick";

export interface ConsumerOptions extends Omit<HttpDeliveryArgs, "consumer" | "http"> {
  readonly consumer: ConsumerArgs;
  /** Whether Pulumi protects the queues from deletion. */
  readonly protect: boolean;
}

/** Maximum length of a queue's name without `.fifo`, of AWS's 80 characters. */
const MAX_NAME_LENGTH = 75;

/**
 * Maximum size of a message, in bytes. The default of 256 KiB includes attributes, and an event alone can have that
 * size.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const MAX_MESSAGE_BYTES = 1_048_576;

/** Receives after which SQS moves a message to the dead-letter queue and releases the next one of its group. */
const MAX_RECEIVES = 5;

/**
 * Receives after which SQS dead-letters a message of a consumer over HTTP: SQS's maximum, since the function counts
 * attempts itself and a receive can also end because the rate is used up.
 */
const MAX_HTTP_RECEIVES = 1_000;

const DEFAULT_FUNCTION_TIMEOUT_SECONDS = 30;

/** Returns the physical name of a consumer's queue; known before the queue exists. */
export function consumerQueueName(naming: Naming, consumer: string): string {
  return `${physicalName(naming, `consumer-${consumer}`, MAX_NAME_LENGTH)}.fifo`;
}

/** Returns the physical name of a consumer's dead-letter queue; known before the queue exists. */
export function consumerDeadLetterQueueName(naming: Naming, consumer: string): string {
  return `${physicalName(naming, `dlq-consumer-${consumer}`, MAX_NAME_LENGTH)}.fifo`;
}

/** Returns the address of a consumer's queue, made of fixed names. */
export function consumerQueueUrl(location: Location, consumer: string): pulumi.Output<string> {
  const { region, dnsSuffix, accountId } = location;
  return pulumi.interpolate`https://sqs.${region}.${dnsSuffix}/${accountId}/${consumerQueueName(location, consumer)}`;
}

/**
 * The queue and dead-letter queue of a consumer, and for a Lambda function or HTTP also the delivery of the messages.
 */
export class Consumer extends pulumi.ComponentResource {
  /** Name in the configuration. */
  readonly consumerName: string;
  readonly kind: "queue" | "lambda" | "http";
  readonly queueUrl: pulumi.Output<string>;
  readonly queueArn: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  readonly deadLetterQueueArn: pulumi.Output<string>;
  /** UUID of the event source mapping through which the consumer's function reads the queue. */
  readonly mappingUuid?: pulumi.Output<string>;

  constructor(name: string, args: ConsumerOptions, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:Consumer", name, {}, opts);
    const { consumer, protect } = args;
    const deadLetterQueue = createFifoQueue(
      `${name}-dlq`,
      { name: consumerDeadLetterQueueName(args, consumer.name), maxMessageSize: MAX_MESSAGE_BYTES },
      protect,
      this,
    );
    const queue = createFifoQueue(
      name,
      {
        name: consumerQueueName(args, consumer.name),
        maxMessageSize: MAX_MESSAGE_BYTES,
        visibilityTimeoutSeconds: hiddenSeconds(consumer),
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: deadLetterQueue.arn,
          maxReceiveCount: consumer.http ? MAX_HTTP_RECEIVES : MAX_RECEIVES,
        }),
      },
      protect,
      this,
    );
    this.consumerName = consumer.name;
    this.kind = consumer.lambda ? "lambda" : consumer.http ? "http" : "queue";
    this.queueUrl = queue.url;
    this.queueArn = queue.arn;
    this.deadLetterQueueUrl = deadLetterQueue.url;
    this.deadLetterQueueArn = deadLetterQueue.arn;
    if (consumer.lambda) this.mappingUuid = this.feed(name, consumer.lambda).uuid;
    if (consumer.http) {
      const delivery = { ...args, consumer: this, http: consumer.http };
      this.mappingUuid = new HttpDelivery(`${name}-delivery`, delivery, { parent: this }).mappingUuid;
    }
    this.registerOutputs(pick(this, "queueUrl", "queueArn", "deadLetterQueueUrl", "deadLetterQueueArn"));
  }

  private feed(
    name: string,
    { arn, batchSize = 1, maximumConcurrency }: NonNullable<ConsumerArgs["lambda"]>,
  ): aws.lambda.EventSourceMapping {
    return new aws.lambda.EventSourceMapping(
      `${name}-function`,
      {
        eventSourceArn: this.queueArn,
        functionName: arn,
        batchSize,
        functionResponseTypes: ["ReportBatchItemFailures"],
        ...(maximumConcurrency !== undefined && { scalingConfig: { maximumConcurrency } }),
      },
      // Ignore `enabled`, which `webhooks consumers pause` sets to false: `pulumi up --refresh` would see drift and
      // resume the reading.
      { parent: this, ignoreChanges: ["enabled"] },
    );
  }
}

function hiddenSeconds({ queue, lambda }: ConsumerArgs): number {
  const { timeoutSeconds = DEFAULT_FUNCTION_TIMEOUT_SECONDS } = lambda ?? {};
  return queue?.visibilityTimeoutSeconds ?? TIMEOUTS_HIDDEN * timeoutSeconds;
}
