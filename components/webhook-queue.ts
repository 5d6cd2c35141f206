import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { MAX_RETENTION_SECONDS } from "../aws-limits";
import { physicalName, type Naming } from "./naming";
import { denyWithoutTls, policy } from "./policy";

export interface WebhookQueueArgs extends Naming {
  /** Timeout of the function that reads the queue, in seconds. */
  readonly consumerTimeoutSeconds: number;
  /** Whether Pulumi protects the queues from deletion. */
  readonly protect: boolean;
}

/**
 * A received message is hidden for six of the consumer's timeouts, so that a throttled function can try again before the
 * message comes back.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const TIMEOUTS_HIDDEN = 6;

/** Physical name of the queue; known before it exists. */
export function webhookQueueName(naming: Naming): string {
  return `${physicalName(naming, "webhooks")}.fifo`;
}

/** Physical name of its dead-letter queue; known before it exists. */
export function deadLetterQueueName(naming: Naming): string {
  return `${physicalName(naming, "webhooks-dlq")}.fifo`;
}

/** The FIFO queue between ingestion and processing, and its dead-letter queue. */
export class WebhookQueue extends pulumi.ComponentResource {
  readonly queueUrl: pulumi.Output<string>;
  readonly queueArn: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  readonly deadLetterQueueArn: pulumi.Output<string>;
  /** Receives after which SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount = 3;

  constructor(name: string, args: WebhookQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:WebhookQueue", name, {}, opts);
    const deadLetterQueue = this.createQueue(`${name}-dlq`, deadLetterQueueName(args), args, {});
    const queue = this.createQueue(name, webhookQueueName(args), args, {
      visibilityTimeoutSeconds: TIMEOUTS_HIDDEN * args.consumerTimeoutSeconds,
      redrivePolicy: pulumi.jsonStringify({
        deadLetterTargetArn: deadLetterQueue.arn,
        maxReceiveCount: this.maxReceiveCount,
      }),
    });
    this.queueUrl = queue.url;
    this.queueArn = queue.arn;
    this.deadLetterQueueUrl = deadLetterQueue.url;
    this.deadLetterQueueArn = deadLetterQueue.arn;
    this.registerOutputs({
      queueUrl: this.queueUrl,
      queueArn: this.queueArn,
      deadLetterQueueUrl: this.deadLetterQueueUrl,
      deadLetterQueueArn: this.deadLetterQueueArn,
    });
  }

  private createQueue(
    name: string,
    physical: string,
    { protect }: WebhookQueueArgs,
    args: aws.sqs.QueueArgs,
  ): aws.sqs.Queue {
    const queue = new aws.sqs.Queue(
      name,
      {
        name: physical,
        fifoQueue: true,
        contentBasedDeduplication: true,
        // These two together are high-throughput mode: quotas per group and not for the whole queue.
        deduplicationScope: "messageGroup",
        fifoThroughputLimit: "perMessageGroupId",
        messageRetentionSeconds: MAX_RETENTION_SECONDS,
        sqsManagedSseEnabled: true,
        ...args,
      },
      { parent: this, protect },
    );
    new aws.sqs.QueuePolicy(
      `${name}-policy`,
      { queueUrl: queue.url, policy: policy(denyWithoutTls("sqs:*", [queue.arn])) },
      { parent: this },
    );
    return queue;
  }
}
