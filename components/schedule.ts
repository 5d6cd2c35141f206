import * as aws from "./aws";
import type * as pulumi from "@pulumi/pulumi";
import type { NodeFunction } from "./node-function";

interface Schedule {
  /** Logical names of the rule, and of the resources that let it invoke the function. */
  readonly rule: string;
  readonly target: string;
  /** Physical name of the rule. */
  readonly name: string;
  readonly description: string;
  /** Schedule expression, such as `rate(1 minute)`. */
  readonly scheduleExpression: string;
  /** Payload of each invocation. */
  readonly input: object;
}

/** Invokes a function on a schedule. */
export function invokeOnSchedule(parent: pulumi.Resource, fn: NodeFunction, schedule: Schedule): void {
  const { rule: ruleName, target, input, ...args } = schedule;
  const rule = new aws.cloudwatch.EventRule(ruleName, args, { parent });
  const permission = new aws.lambda.Permission(
    `${target}-invoke`,
    {
      action: "lambda:InvokeFunction",
      function: fn.functionName,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    `${target}-target`,
    { rule: rule.name, arn: fn.functionArn, input: JSON.stringify(input) },
    { parent, dependsOn: [permission] },
  );
}
