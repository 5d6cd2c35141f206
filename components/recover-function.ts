import * as pulumi from "@pulumi/pulumi";
import { UNRESOLVED_INDEX } from "../functions/adapters/indexes";
import { bundleFunction } from "./bundle";
import { metricNamespace, physicalName, RECOVER_PART, type Naming } from "./naming";
import { NodeFunction } from "./node-function";
import type { ProcessFunction } from "./process-function";
import { invokeOnSchedule } from "./schedule";
import type { WebhookQueue } from "./webhook-queue";
import type { WebhookTable } from "./webhook-table";
import type { Workflow } from "./workflow";

export interface RecoverFunctionArgs extends Naming {
  /** Function whose reading of the queue is paused and resumed. */
  readonly processor: ProcessFunction;
  readonly queue: WebhookQueue;
  readonly workflow: Workflow;
  readonly table: WebhookTable;
  /** Maximum silence by provider, for providers whose silence raises an alarm. */
  readonly expected: Readonly<Record<string, string>>;
  /** Days for which the function's log is kept. */
  readonly logRetentionDays: number;
}

/**
 * Pauses processing when the processor requests it, and checks every minute whether it can continue. Redrives, once,
 * webhooks that SQS dead-lettered without a failure of their own, and records the status of other dead letters.
 */
export class RecoverFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: RecoverFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:RecoverFunction", name, {}, opts);
    const fn = this.createFunction(name, args);
    this.runEveryMinute(name, fn, args);
    this.functionName = fn.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }

  private createFunction(name: string, args: RecoverFunctionArgs): NodeFunction {
    return new NodeFunction(
      name,
      {
        serviceName: args.serviceName,
        environmentSuffix: args.environmentSuffix,
        part: RECOVER_PART,
        description: "Pauses and resumes the processing around an outage; looks after dead letters",
        code: bundleFunction("functions/recover/index.ts"),
        environment: {
          METRIC_NAMESPACE: metricNamespace(args),
          EXPECTED_PROVIDERS: Object.keys(args.expected).join(","),
          TABLE_NAME: args.table.tableName,
          QUEUE_URL: args.queue.queueUrl,
          DLQ_URL: args.queue.deadLetterQueueUrl,
          STATE_MACHINE_ARN: args.workflow.stateMachineArn,
          MAPPING_ARN: args.processor.mappingArn,
          PROCESS_FUNCTION_NAME: args.processor.functionName,
        },
        permissions: [
          {
            Sid: "PauseAndResume",
            Action: [
              "lambda:GetEventSourceMapping",
              "lambda:UpdateEventSourceMapping",
              "lambda:ListTags",
              "lambda:TagResource",
              "lambda:UntagResource",
            ],
            Resource: args.processor.mappingArn,
          },
          { Sid: "Probe", Action: "states:StartSyncExecution", Resource: args.workflow.stateMachineArn },
          {
            Sid: "DeadLetters",
            Action: ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
            Resource: args.queue.deadLetterQueueArn,
          },
          // Allow invoking the processor, with an empty batch, to check whether Lambda runs it.
          { Sid: "TryProcessor", Action: "lambda:InvokeFunction", Resource: args.processor.functionArn },
          { Sid: "Redrive", Action: "sqs:SendMessage", Resource: args.queue.queueArn },
          {
            Sid: "RecordsAndPauses",
            Action: ["dynamodb:UpdateItem", "dynamodb:GetItem"],
            Resource: args.table.tableArn,
          },
          {
            Sid: "HeldGroups",
            Action: "dynamodb:Query",
            Resource: pulumi.interpolate`${args.table.tableArn}/index/${UNRESOLVED_INDEX}`,
          },
        ],
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
  }

  private runEveryMinute(name: string, fn: NodeFunction, args: Naming): void {
    invokeOnSchedule(this, fn, {
      rule: `${name}-schedule`,
      target: name,
      name: physicalName(args, "recover-every-minute"),
      description: "Looks whether paused processing can go on",
      scheduleExpression: "rate(1 minute)",
      input: {},
    });
  }
}
