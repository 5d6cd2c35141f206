import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { renderWorkflow, type WorkflowProvider } from "../statemachines/render";
import type { ExecutionLogLevel } from "../aws-limits";
import type { ConsumerArgs } from "../config";
import { consumerQueueUrl, type Consumer } from "./consumer";
import { eventBusName, type EventBus } from "./event-bus";
import { physicalName, type Location } from "./naming";
import { policy, trust, type Statement } from "./policy";
import { rawPayloadBucketName } from "./raw-payload-bucket";
import { webhookTableName, type WebhookTable } from "./webhook-table";

export interface WorkflowArgs extends Location {
  readonly table: WebhookTable;
  readonly bus: EventBus;
  /** Providers with their filters and transforms. */
  readonly providers: readonly WorkflowProvider[];
  /** Consumers with the expressions that select their events. */
  readonly consumers: readonly ConsumerArgs[];
  /** Queues of the consumers. */
  readonly consumerQueues: readonly Consumer[];
  /** Days until the records that the workflow writes expire. */
  readonly recordRetentionDays: number;
  /** Which events of an execution are logged. The console draws an execution's path only at ALL. */
  readonly executionLogLevel: ExecutionLogLevel;
  /** Whether inputs and outputs, which contain payloads, are logged too. */
  readonly executionLogData: boolean;
  /** Days for which the executions' log is kept. */
  readonly logRetentionDays: number;
}

/**
 * Actions for log delivery and for X-Ray, which support no resource.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
 */
const LOG_DELIVERY_ACTIONS = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];
const XRAY_ACTIONS = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
];

/** The Express workflow that enriches, publishes and records. */
export class Workflow extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: WorkflowArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:Workflow", name, {}, opts);
    const physical = physicalName(args, "workflow");
    const logGroup = this.createLogGroup(name, physical, args);
    const role = this.createRole(name, physical, args);
    const permissions = this.grant(name, role, args);
    const stateMachine = new aws.sfn.StateMachine(
      name,
      {
        name: physical,
        type: "EXPRESS",
        roleArn: role.arn,
        // Use fixed names and not resources' outputs, so that the first preview contains and checks it before anything
        // is created.
        definition: this.define(args),
        loggingConfiguration: {
          level: args.executionLogLevel,
          includeExecutionData: args.executionLogData,
          logDestination: pulumi.interpolate`${logGroup.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
      },
      // Wait for the permissions: Step Functions checks them for log delivery while it creates the state machine.
      { parent: this, dependsOn: permissions },
    );
    this.stateMachineArn = stateMachine.arn;
    this.logGroupName = logGroup.name;
    this.registerOutputs({ stateMachineArn: this.stateMachineArn, logGroupName: this.logGroupName });
  }

  private define(args: WorkflowArgs): pulumi.Output<string> {
    const queueUrls = args.consumers.map(({ name }) => consumerQueueUrl(args, name));
    return pulumi
      .all([args.partition, args.accountId, pulumi.all(queueUrls)])
      .apply(([partition, accountId, urls]) =>
        renderWorkflow({
          partition,
          tableName: webhookTableName(args),
          busName: eventBusName(args),
          bucketName: rawPayloadBucketName(args, accountId),
          recordRetentionDays: args.recordRetentionDays,
          providers: args.providers,
          consumers: args.consumers.map(({ name, when }, index) => ({
            name,
            when,
            queueUrl: urls[index] ?? "",
          })),
        }),
      );
  }

  private createLogGroup(name: string, physical: string, args: WorkflowArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      `${name}-log`,
      {
        // Use /aws/vendedlogs, below which the account's resource policy for log delivery does not grow with every log
        // group.
        name: `/aws/vendedlogs/states/${physical}`,
        retentionInDays: args.logRetentionDays,
      },
      { parent: this },
    );
  }

  private createRole(name: string, physical: string, args: WorkflowArgs): aws.iam.Role {
    // Use the fixed name, since the state machine needs the role before it exists.
    const stateMachineArn = pulumi.interpolate`arn:${args.partition}:states:${args.region}:${args.accountId}:stateMachine:${physical}`;
    return new aws.iam.Role(
      `${name}-role`,
      {
        name: physical,
        assumeRolePolicy: trust("states.amazonaws.com", {
          StringEquals: { "aws:SourceAccount": args.accountId },
          ArnLike: { "aws:SourceArn": stateMachineArn },
        }),
      },
      { parent: this },
    );
  }

  private grant(name: string, role: aws.iam.Role, args: WorkflowArgs): aws.iam.RolePolicy {
    return new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: policy(
          {
            Sid: "Records",
            Action: ["dynamodb:BatchGetItem", "dynamodb:PartiQLUpdate", "dynamodb:UpdateItem"],
            Resource: args.table.tableArn,
          },
          { Sid: "Publish", Action: "events:PutEvents", Resource: args.bus.busArn },
          ...this.sending(args),
          { Sid: "LogDelivery", Action: LOG_DELIVERY_ACTIONS, Resource: "*" },
          { Sid: "Tracing", Action: XRAY_ACTIONS, Resource: "*" },
        ),
      },
      { parent: this },
    );
  }

  /** Returns the statement for sending to consumers, or none without consumers: a statement must name a resource. */
  private sending({ consumerQueues }: WorkflowArgs): Statement[] {
    if (consumerQueues.length === 0) return [];
    const queues = consumerQueues.map(({ queueArn }) => queueArn);
    return [{ Sid: "Consumers", Action: "sqs:SendMessage", Resource: queues }];
  }
}
