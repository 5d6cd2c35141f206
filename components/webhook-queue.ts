import * as pulumi from "@pulumi/pulumi";
import { createFifoQueue } from "./fifo-queue";
import { physicalName, type Naming } from "./naming";
import { pick } from "./pick";

export interface WebhookQueueArgs extends Naming {
  /** Timeout of the function that reads the queue, in seconds. */
  readonly consumerTimeoutSeconds: number;
  /** Whether Pulumi protects the queues from deletion. */
  readonly protect: boolean;
}

/**
 * Visibility timeout in timeouts of the consumer: six, so that a throttled function can retry before the message
 * returns.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const TIMEOUTS_HIDDEN = 6;

/** Returns the physical name of the queue; known before the queue exists. */
export function webhookQueueName(naming: Naming): string {
  return `${physicalName(naming, "webhooks")}.fifo`;
}

/** Returns the physical name of its dead-letter queue; known before the queue exists. */
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
    const { protect, consumerTimeoutSeconds } = args;
    const deadLetterQueue = createFifoQueue(
      `${name}-dlq`,
      { name: deadLetterQueueName(args), contentBasedDeduplication: true },
      protect,
      this,
    );
    const queue = createFifoQueue(
      name,
      {
        name: webhookQueueName(args),
        contentBasedDeduplication: true,
        visibilityTimeoutSeconds: TIMEOUTS_HIDDEN * consumerTimeoutSeconds,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: deadLetterQueue.arn,
          maxReceiveCount: this.maxReceiveCount,
        }),
      },
      protect,
      this,
    );
    this.queueUrl = queue.url;
    this.queueArn = queue.arn;
    this.deadLetterQueueUrl = deadLetterQueue.url;
    this.deadLetterQueueArn = deadLetterQueue.arn;
    this.registerOutputs(pick(this, "queueUrl", "queueArn", "deadLetterQueueUrl", "deadLetterQueueArn"));
  }
}
