import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundleFunction } from "./bundle";
import { physicalName, type Naming } from "./naming";
import { NodeFunction } from "./node-function";

export interface RecoverFunctionArgs extends Naming {
  /** The event source mapping through which the processing function reads the queue. */
  readonly mappingArn: pulumi.Input<string>;
  readonly processFunctionName: pulumi.Input<string>;
  readonly processFunctionArn: pulumi.Input<string>;
  readonly queueUrl: pulumi.Input<string>;
  readonly queueArn: pulumi.Input<string>;
  readonly deadLetterQueueUrl: pulumi.Input<string>;
  readonly deadLetterQueueArn: pulumi.Input<string>;
  readonly stateMachineArn: pulumi.Input<string>;
  readonly tableName: pulumi.Input<string>;
  readonly tableArn: pulumi.Input<string>;
  /** Days that its log is kept. @default 7 */
  readonly logRetentionDays?: number;
}

/** Part of the recovery function's physical name; the processing function invokes it by that. */
export const RECOVER_PART = "recover";

/**
 * The breaker's other half: pauses the processing when the processor asks for it, and looks every minute whether it can go
 * on. Redrives once what SQS dead-lettered without a failure of the webhook's own, and gives other dead letters their status.
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
          TABLE_NAME: args.tableName,
          QUEUE_URL: args.queueUrl,
          DLQ_URL: args.deadLetterQueueUrl,
          STATE_MACHINE_ARN: args.stateMachineArn,
          MAPPING_ARN: args.mappingArn,
          PROCESS_FUNCTION_NAME: args.processFunctionName,
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
            Resource: args.mappingArn,
          },
          { Sid: "Probe", Action: "states:StartSyncExecution", Resource: args.stateMachineArn },
          {
            Sid: "DeadLetters",
            Action: ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
            Resource: args.deadLetterQueueArn,
          },
          // With an empty batch, to see whether Lambda runs it.
          { Sid: "TryProcessor", Action: "lambda:InvokeFunction", Resource: args.processFunctionArn },
          { Sid: "Redrive", Action: "sqs:SendMessage", Resource: args.queueArn },
          { Sid: "Records", Action: "dynamodb:UpdateItem", Resource: args.tableArn },
        ],
        ...(args.logRetentionDays !== undefined && { logRetentionDays: args.logRetentionDays }),
      },
      { parent: this },
    );
  }

  private runEveryMinute(name: string, fn: NodeFunction, args: Naming): void {
    const rule = new aws.cloudwatch.EventRule(
      `${name}-schedule`,
      {
        name: physicalName(args, "recover-every-minute"),
        description: "Looks whether paused processing can go on",
        scheduleExpression: "rate(1 minute)",
      },
      { parent: this },
    );
    const permission = new aws.lambda.Permission(
      `${name}-invoke`,
      {
        action: "lambda:InvokeFunction",
        function: fn.functionName,
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      { rule: rule.name, arn: fn.functionArn, input: "{}" },
      { parent: this, dependsOn: [permission] },
    );
  }
}
