import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { bundleFunction } from "./bundle";
import { metricNamespace, physicalName, RECOVER_PART, type Location } from "./naming";
import { NodeFunction } from "./node-function";
import type { WebhookQueue } from "./webhook-queue";
import type { WebhookTable } from "./webhook-table";
import type { Workflow } from "./workflow";
import { pick } from "./pick";
import { handlesMessages } from "./policy";

/** Maximum batch size of a FIFO queue. */
const BATCH_SIZE = 10;

export interface ProcessFunctionArgs extends Location {
  readonly queue: WebhookQueue;
  readonly workflow: Workflow;
  readonly table: WebhookTable;
  /**
   * Concurrent invocations that are reserved for the function and limit it; undefined: as many as the account has left.
   */
  readonly reservedConcurrency: pulumi.Input<number | undefined>;
  /**
   * Maximum number of concurrent batches, 2 to 1,000. If the function may not run as many, Lambda receives a batch, is
   * throttled and returns it, which uses up a receive. So this should not exceed `reservedConcurrency`.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
   */
  readonly maximumConcurrency: pulumi.Input<number>;
  /** Days for which the function's log is kept. */
  readonly logRetentionDays: number;
}

/** Receives batches from the queue and runs the workflow, group by group. */
export class ProcessFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly functionArn: pulumi.Output<string>;
  /** ARN of the event source mapping through which the function reads the queue. */
  readonly mappingArn: pulumi.Output<string>;

  constructor(name: string, args: ProcessFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:ProcessFunction", name, {}, opts);
    const fn = this.createFunction(name, args);
    this.mappingArn = this.consume(name, fn, args).arn;
    this.functionName = fn.functionName;
    this.functionArn = fn.functionArn;
    this.registerOutputs(pick(this, "functionName", "functionArn", "mappingArn"));
  }

  private createFunction(name: string, args: ProcessFunctionArgs): NodeFunction {
    // Use the fixed name, since the recovery function is created after this one: it needs this function's mapping.
    const recover = physicalName(args, RECOVER_PART);
    return new NodeFunction(
      name,
      {
        serviceName: args.serviceName,
        environmentSuffix: args.environmentSuffix,
        part: "process",
        description: "Runs the workflow over queued webhooks, in order per group",
        code: bundleFunction("functions/process/index.ts"),
        environment: {
          METRIC_NAMESPACE: metricNamespace(args),
          TABLE_NAME: args.table.tableName,
          QUEUE_URL: args.queue.queueUrl,
          DLQ_URL: args.queue.deadLetterQueueUrl,
          STATE_MACHINE_ARN: args.workflow.stateMachineArn,
          MAX_RECEIVE_COUNT: String(args.queue.maxReceiveCount),
          RECOVER_FUNCTION_NAME: recover,
        },
        permissions: [
          ...handlesMessages(args.queue),
          { Sid: "Workflow", Action: "states:StartSyncExecution", Resource: args.workflow.stateMachineArn },
          {
            Sid: "RecordsAndHeld",
            Action: ["dynamodb:UpdateItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
            Resource: args.table.tableArn,
          },
          {
            Sid: "Breaker",
            Action: "lambda:InvokeFunction",
            Resource: pulumi.interpolate`arn:${args.partition}:lambda:${args.region}:${args.accountId}:function:${recover}`,
          },
        ],
        reservedConcurrency: args.reservedConcurrency,
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
  }

  private consume(name: string, fn: NodeFunction, args: ProcessFunctionArgs): aws.lambda.EventSourceMapping {
    return new aws.lambda.EventSourceMapping(
      `${name}-queue`,
      {
        eventSourceArn: args.queue.queueArn,
        functionName: fn.functionArn,
        batchSize: BATCH_SIZE,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: args.maximumConcurrency },
      },
      {
        parent: this,
        dependsOn: fn.ready,
        // Leave both to the recovery function: during a pause, `pulumi up --refresh` would see drift and resume the
        // reading.
        ignoreChanges: ["enabled", "tags", "tagsAll"],
      },
    );
  }
}
