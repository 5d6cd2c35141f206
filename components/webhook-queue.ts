import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { MAX_RETENTION_SECONDS } from "../aws-limits";
import { physicalName, type Naming } from "./naming";
import { denyWithoutTls, policy } from "./policy";

export interface WebhookQueueArgs extends Naming {
  /** Timeout of the function that reads the queue, in seconds. */
  readonly consumerTimeoutSeconds: number;
  /**
   * Seconds that a received message is hidden. At least six times the consumer's timeout, so that a throttled
   * function can try again before the message comes back.
   * @default six times the consumer's timeout
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  readonly visibilityTimeoutSeconds?: number;
  /** Receives after which SQS moves a message to the dead-letter queue. @default 3 */
  readonly maxReceiveCount?: number;
  /** Whether Pulumi refuses to delete or replace the queues. @default false */
  readonly protect?: boolean;
}

/** Physical name of the queue; known before it exists. */
export function webhookQueueName(naming: Naming): string {
  return `${physicalName(naming, "webhooks")}.fifo`;
}

/** Physical name of its dead-letter queue; known before it exists. */
export function deadLetterQueueName(naming: Naming): string {
  return `${physicalName(naming, "webhooks-dlq")}.fifo`;
}

/** The FIFO queue between the door and the workflow, and its dead-letter queue. */
export class WebhookQueue extends pulumi.ComponentResource {
  readonly queueUrl: pulumi.Output<string>;
  readonly queueArn: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  readonly deadLetterQueueArn: pulumi.Output<string>;
  readonly maxReceiveCount: number;

  constructor(name: string, args: WebhookQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:WebhookQueue", name, {}, opts);
    const visibilityTimeoutSeconds = visibilityTimeout(args);
    this.maxReceiveCount = args.maxReceiveCount ?? 3;
    const deadLetterQueue = this.createQueue(`${name}-dlq`, deadLetterQueueName(args), args, {});
    const queue = this.createQueue(name, webhookQueueName(args), args, {
      visibilityTimeoutSeconds,
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
    { protect = false }: WebhookQueueArgs,
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

function visibilityTimeout({ consumerTimeoutSeconds, visibilityTimeoutSeconds }: WebhookQueueArgs): number {
  const least = 6 * consumerTimeoutSeconds;
  if (visibilityTimeoutSeconds !== undefined && visibilityTimeoutSeconds < least) {
    throw new pulumi.InputPropertyError({
      propertyPath: "visibilityTimeoutSeconds",
      reason: `${visibilityTimeoutSeconds} s is less than six times the consumer's timeout (${least} s): a message would come back while it is being processed`,
    });
  }
  return visibilityTimeoutSeconds ?? least;
}
