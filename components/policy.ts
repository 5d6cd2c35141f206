import * as pulumi from "@pulumi/pulumi";

/** One statement of a policy; see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface Statement {
  readonly Sid?: string;
  readonly Effect?: "Allow" | "Deny";
  readonly Principal?:
    | pulumi.Input<string>
    | Readonly<Record<string, pulumi.Input<pulumi.Input<string>[] | string>>>;
  readonly Action: string | readonly string[];
  readonly Resource?: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<unknown>>>>>;
}

/** Returns a policy as JSON text; statements allow unless they set another effect. */
export function policy(...statements: readonly Statement[]): pulumi.Output<string> {
  // Set the version: without it AWS applies the language of 2008, and SQS never reports such a policy back as set.
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  });
}

/** Returns the permissions to receive the messages of a queue and to dead-letter them. */
export function handlesMessages(queue: {
  readonly queueArn: pulumi.Input<string>;
  readonly deadLetterQueueArn: pulumi.Input<string>;
}): readonly Statement[] {
  return [
    {
      Sid: "Queue",
      Action: [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
      ],
      Resource: queue.queueArn,
    },
    { Sid: "DeadLetter", Action: "sqs:SendMessage", Resource: queue.deadLetterQueueArn },
  ];
}

/** Returns a policy that lets a service assume a role, if possible only for one resource of one account. */
export function trust(service: string, condition?: Statement["Condition"]): pulumi.Output<string> {
  return policy({
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    ...(condition && { Condition: condition }),
  });
}

/** Returns a statement that denies requests without TLS. */
export function denyWithoutTls(actions: string, resources: readonly pulumi.Input<string>[]): Statement {
  return {
    Sid: "DenyWithoutTls",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
