import type { Models } from "./model";
import type { Need } from "./provider-actions";
import { parseRequest, type RawRequest } from "./request";
import type { AwsCall } from "./violations";

type Input = Readonly<Record<string, unknown>>;

const last = (text: unknown) => String(text).split(/[/:]/).at(-1);
const path = (...parts: unknown[]) => parts.filter((part) => part !== undefined).join("/");

/**
 * Returns the resource of a call, the part of its ARN after `arn:aws:<service>:<Region>:<account>:`; undefined if the
 * call names none.
 */
const RESOURCES: Readonly<Record<string, (input: Input) => string | undefined>> = {
  cloudwatch: ({ AlarmName, DashboardName }) =>
    DashboardName === undefined ? `alarm:${String(AlarmName)}` : path("dashboard", DashboardName),
  dynamodb: ({ TableName }) => path("table", TableName),
  events: ({ Name, Rule, EventBusName, EventPattern, ScheduleExpression }) =>
    (Rule ?? EventPattern ?? ScheduleExpression) === undefined
      ? path("event-bus", Name)
      : path("rule", EventBusName, Rule ?? Name),
  iam: ({ RoleName }) => path("role", RoleName),
  lambda: ({ FunctionName, EventSourceArn }) =>
    EventSourceArn === undefined ? `function:${last(FunctionName)}` : undefined,
  logs: ({ logGroupName }) => (logGroupName === undefined ? undefined : `log-group:${String(logGroupName)}`),
  s3: ({ Bucket }) => String(Bucket),
  sns: ({ Name, TopicArn }) => String(Name ?? last(TopicArn)),
  sqs: ({ QueueName, QueueUrl }) => String(QueueName ?? last(QueueUrl)),
  states: ({ name }) => `stateMachine:${String(name)}`,
};

/**
 * IAM actions whose name differs from the operation's.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const ACTIONS: Readonly<Record<string, string>> = {
  "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
  // This older operation has the same path as PutBucketLifecycleConfiguration.
  "s3:PutBucketLifecycle": "s3:PutLifecycleConfiguration",
  "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
  "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
};

/** Services whose resources have no Region or no account in their ARN. */
const SCOPES: Readonly<Record<string, string>> = { iam: ":<account>", s3: ":" };

/** Returns the action that a request needs and the ARN for which it needs it, with `<Region>` and `<account>` in it. */
export function needOf(models: Models, request: RawRequest): Need {
  const { service, operation, input } = callOf(models, request);
  if (service === "apigateway") {
    const [resource = ""] = request.url.split("?");
    return { actions: [`apigateway:${request.method}`], arn: `arn:aws:apigateway:<Region>::${resource}` };
  }
  const prefix = service === "stepfunctions" ? "states" : service;
  const resource = RESOURCES[prefix]?.(input as Input);
  const action = `${prefix}:${operation}`;
  const scope = resource?.startsWith("dashboard") ? ":<account>" : (SCOPES[prefix] ?? "<Region>:<account>");
  return {
    actions: [ACTIONS[action] ?? action],
    arn: resource === undefined ? "*" : `arn:aws:${prefix}:${scope}:${resource}`,
  };
}

function callOf(models: Models, request: RawRequest): AwsCall {
  const [, service = ""] =
    /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(String(request.headers["authorization"])) ?? [];
  // Ignore the XML body: the bucket is in the path.
  if (service === "s3") return parseRequest(models, { ...request, body: Buffer.alloc(0) });
  const form = new URLSearchParams(request.body.toString());
  const operation = form.get("Action");
  if (operation === null) return parseRequest(models, request);
  // Read the form of an IAM or SNS call. Its lists and maps are not needed, since they name no resource.
  return { service: service as AwsCall["service"], operation, input: Object.fromEntries(form) };
}
