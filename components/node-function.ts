import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Naming } from "./naming";
import { policy, trust, type Statement } from "./policy";
import { pick } from "./pick";

export interface NodeFunctionArgs extends Naming {
  /** Part of the physical name. */
  readonly part: string;
  readonly description: string;
  /** The bundled code, a CommonJS module that exports `handler`. */
  readonly code: Promise<string>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Permissions of the code, in addition to those for its log and traces. */
  readonly permissions: readonly Statement[];
  /**
   * Concurrent invocations that are reserved for the function and limit it.
   * @default as many as the account has left
   */
  readonly reservedConcurrency?: pulumi.Input<number | undefined>;
  /** Days for which the function's log is kept. */
  readonly logRetentionDays: number;
  /** Time limit of an invocation, in seconds. @default 30 */
  readonly timeoutSeconds?: number;
}

/** Seconds after which Lambda ends an invocation. */
export const FUNCTION_TIMEOUT_SECONDS = 30;

/**
 * Creates the new resource before deleting the old one, so that the old function serves the API's stage until the stage
 * refers to the new one. They can coexist, since they are replaced only if their names change. By default Pulumi first
 * deletes a resource with a fixed name.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/deletebeforereplace/
 */
const CREATE_FIRST = { deleteBeforeReplace: false } as const;

/** A Lambda function with a role of its own and a log group that the program owns. */
export class NodeFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly functionArn: pulumi.Output<string>;
  readonly invokeArn: pulumi.Output<string>;
  /** Name of its role, for permissions that are known only later. */
  readonly roleName: pulumi.Output<string>;
  /** Resource that must exist before the function is invoked: its permissions. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: NodeFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:NodeFunction", name, {}, opts);
    const physical = physicalName(args, args.part);
    const logGroup = this.createLogGroup(name, physical, args);
    const role = this.createRole(name, physical);
    const permissions = this.grant(name, role, logGroup, args);
    const fn = new aws.lambda.Function(
      name,
      {
        name: physical,
        description: args.description,
        role: role.arn,
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        memorySize: 256,
        timeout: args.timeoutSeconds ?? FUNCTION_TIMEOUT_SECONDS,
        reservedConcurrentExecutions: args.reservedConcurrency,
        handler: "index.handler",
        code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(args.code) }),
        environment: { variables: { ...args.environment } },
        tracingConfig: { mode: "Active" },
      },
      // Create the log group first: the first invocation would otherwise create one without retention, and this program
      // could then not create it.
      { parent: this, dependsOn: [logGroup, permissions], ...CREATE_FIRST },
    );
    this.functionName = fn.name;
    this.functionArn = fn.arn;
    this.invokeArn = fn.invokeArn;
    this.roleName = role.name;
    this.ready = permissions;
    this.registerOutputs(pick(this, "functionName", "functionArn", "invokeArn"));
  }

  private createLogGroup(name: string, physical: string, args: NodeFunctionArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { name: `/aws/lambda/${physical}`, retentionInDays: args.logRetentionDays },
      { parent: this },
    );
  }

  private createRole(name: string, physical: string): aws.iam.Role {
    return new aws.iam.Role(
      `${name}-role`,
      // Set no condition: Lambda sends no aws:SourceArn or aws:SourceAccount when it assumes an execution role, so a
      // condition on them would lock it out.
      // https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
      { name: physical, assumeRolePolicy: trust("lambda.amazonaws.com") },
      { parent: this, ...CREATE_FIRST },
    );
  }

  private grant(
    name: string,
    role: aws.iam.Role,
    logGroup: aws.cloudwatch.LogGroup,
    args: NodeFunctionArgs,
  ): aws.iam.RolePolicy {
    return new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: policy(
          ...args.permissions,
          {
            Sid: "Log",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: pulumi.interpolate`${logGroup.arn}:*`,
          },
          // Use `*`, since X-Ray's actions support no resource.
          {
            Sid: "Tracing",
            Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            Resource: "*",
          },
        ),
      },
      { parent: this },
    );
  }
}
