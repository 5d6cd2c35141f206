import * as aws from "./aws";
import type * as pulumi from "@pulumi/pulumi";
import { MAX_RETENTION_SECONDS } from "../aws-limits";
import { denyWithoutTls, policy } from "./policy";

/**
 * Creates a FIFO queue that rejects requests without TLS.
 * @param name its logical name
 * @param args arguments that differ between queues, including the physical name
 * @param protect whether Pulumi protects it from deletion
 */
export function createFifoQueue(
  name: string,
  args: aws.sqs.QueueArgs,
  protect: boolean,
  parent: pulumi.Resource,
): aws.sqs.Queue {
  const queue = new aws.sqs.Queue(
    name,
    {
      fifoQueue: true,
      // Enable high-throughput mode, which needs both: quotas per group and not for the whole queue.
      deduplicationScope: "messageGroup",
      fifoThroughputLimit: "perMessageGroupId",
      messageRetentionSeconds: MAX_RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
      ...args,
    },
    { parent, protect },
  );
  new aws.sqs.QueuePolicy(
    `${name}-policy`,
    { queueUrl: queue.url, policy: policy(denyWithoutTls("sqs:*", [queue.arn])) },
    { parent },
  );
  return queue;
}
