import type { AwsCall } from "./violations";

/** A rule that AWS's models state only in prose, or that is only in AWS's docs. A comment above each names its page. */
type Rule = (input: never) => string[];

const rules: Readonly<Record<string, Rule>> = {
  "sqs.SendMessage": sendMessage,
  "sqs.SendMessageBatch": ({ QueueUrl, Entries = [] }: { QueueUrl?: string; Entries?: readonly Message[] }) =>
    Entries.flatMap((entry, index) =>
      sendMessage({ ...entry, ...(QueueUrl !== undefined && { QueueUrl }) }).map(
        (line) => `Entries[${index}].${line}`,
      ),
    ),
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
  "sqs.CreateQueue": ({ QueueName = "", Attributes = {} }: CreateQueue) => [
    ...check("QueueName", QueueName, /^[\w-]{1,80}$|^(?=.{1,80}$)[\w-]+\.fifo$/),
    ...Object.entries(QUEUE_ATTRIBUTES).flatMap(([name, [least, most]]) =>
      Attributes[name] === undefined
        ? []
        : range(`Attributes.${name}`, Number(Attributes[name]), least, most),
    ),
    ...(QueueName.endsWith(".fifo") === (Attributes["FifoQueue"] === "true")
      ? []
      : ["QueueName: a FIFO queue and no other ends in .fifo"]),
    ...jsonObject("Attributes.RedrivePolicy", Attributes["RedrivePolicy"]),
    ...(Attributes["FifoThroughputLimit"] === "perMessageGroupId" &&
    Attributes["DeduplicationScope"] !== "messageGroup"
      ? ["Attributes.FifoThroughputLimit: perMessageGroupId only with DeduplicationScope messageGroup"]
      : []),
  ],
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
  "sqs.ReceiveMessage": (input: Record<string, number | undefined>) => [
    ...range("MaxNumberOfMessages", input["MaxNumberOfMessages"], 1, 10),
    ...range("WaitTimeSeconds", input["WaitTimeSeconds"], 0, 20),
    ...range("VisibilityTimeout", input["VisibilityTimeout"], 0, 43_200),
  ],
  "sqs.ChangeMessageVisibility": ({ VisibilityTimeout }: { VisibilityTimeout?: number }) =>
    range("VisibilityTimeout", VisibilityTimeout, 0, 43_200),
  // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
  "stepfunctions.StartSyncExecution": ({ name, input = "{}" }: { name?: string; input?: string }) => [
    ...(name === undefined ? [] : check("name", name, /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u)),
    ...range("input (bytes)", Buffer.byteLength(input), 0, 262_144),
  ],
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
  "events.PutEvents": ({ Entries = [] }: { Entries?: readonly EventEntry[] }) => [
    ...Entries.flatMap(({ Source = "", DetailType = "", Detail }, index) => [
      ...check(`Entries[${index}].Source`, Source, /^(?!aws\.).{1,256}$/),
      ...range(`Entries[${index}].DetailType (bytes)`, Buffer.byteLength(DetailType), 1, 128 * 4),
      ...range(`Entries[${index}].DetailType (characters)`, [...DetailType].length, 1, 128),
      ...jsonObject(`Entries[${index}].Detail`, Detail ?? ""),
    ]),
    ...range("Entries (bytes)", entriesSize(Entries), 0, 262_144),
  ],
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  "events.PutRule": ({ EventPattern }: { EventPattern?: string }) => [
    ...jsonObject("EventPattern", EventPattern),
    ...range("EventPattern (characters)", EventPattern?.length, 0, 2_048),
  ],
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  "lambda.CreateFunction": ({ Environment, Timeout }: CreateFunction) => [
    ...range("Timeout", Timeout, 1, 900),
    ...range(
      "Environment (bytes)",
      Buffer.byteLength(JSON.stringify(Environment?.Variables ?? {})),
      0,
      4_096,
    ),
    ...Object.keys(Environment?.Variables ?? {})
      .filter((name) => /^(AWS_REGION|AWS_LAMBDA_|AWS_ACCESS_KEY|_HANDLER|LAMBDA_)/.test(name))
      .map((name) => `Environment.Variables.${name}: reserved`),
  ],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  "iam.PutRolePolicy": ({ PolicyDocument }: { PolicyDocument?: string }) => [
    ...jsonObject("PolicyDocument", PolicyDocument),
    ...range("PolicyDocument (characters)", PolicyDocument?.replace(/\s/g, "").length, 1, 10_240),
  ],
  "iam.CreateRole": ({ AssumeRolePolicyDocument }: { AssumeRolePolicyDocument?: string }) => [
    ...jsonObject("AssumeRolePolicyDocument", AssumeRolePolicyDocument),
    ...range("AssumeRolePolicyDocument (characters)", AssumeRolePolicyDocument?.length, 1, 2_048),
  ],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
  "s3.PutObject": ({ Key = "", Metadata = {} }: { Key?: string; Metadata?: Record<string, string> }) => [
    ...range("Key (bytes)", Buffer.byteLength(Key), 1, 1_024),
    ...range("Metadata (bytes)", Buffer.byteLength(Object.entries(Metadata).flat().join("")), 0, 2_048),
    ...Object.entries(Metadata).flatMap(([name, value]) => [
      ...check(`Metadata key`, name, /^[a-z0-9-]+$/),
      ...check(`Metadata.${name}`, value, /^[\x20-\x7e]*$/),
    ]),
  ],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  "s3.CreateBucket": ({ Bucket = "" }: { Bucket?: string }) =>
    check("Bucket", Bucket, /^(?!xn--|sthree-)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/),
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
  "ssm.PutParameter": ({ Name = "", Value = "" }: { Name?: string; Value?: string }) => [
    ...check("Name", Name, /^(?!\/?(?:aws|ssm))[\w./-]+$/i),
    ...range("Value (bytes)", Buffer.byteLength(Value), 1, 4_096),
  ],
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
  "cloudwatch.PutDashboard": ({ DashboardBody = "" }: { DashboardBody?: string }) => {
    const broken = jsonObject("DashboardBody", DashboardBody);
    if (broken.length > 0) return broken;
    const { widgets = [] } = JSON.parse(DashboardBody) as { widgets?: readonly Widget[] };
    return [
      ...range("DashboardBody.widgets", widgets.length, 0, 500),
      ...widgets.flatMap(({ type, properties }, index) =>
        type === "metric" && (properties?.metrics ?? []).length === 0
          ? [`DashboardBody.widgets[${index}]: a metric widget without metrics`]
          : [],
      ),
    ];
  },
};

/** Returns the violations of these rules in a call. */
export function proseViolations({ service, operation, input }: AwsCall): string[] {
  const rule = rules[`${service}.${operation}`] as ((input: unknown) => string[]) | undefined;
  return rule?.(input ?? {}) ?? [];
}

/** Characters that XML allows, and so SQS; it rejects others with InvalidMessageContents. */
export const SQS_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u;
const SQS_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const SQS_MESSAGE_BYTES = 1_048_576;

interface Attribute {
  readonly DataType?: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}
interface Message {
  readonly QueueUrl?: string;
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, Attribute>>;
}
interface CreateQueue {
  readonly QueueName?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}
interface CreateFunction {
  readonly Timeout?: number;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}
interface EventEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
}
interface Widget {
  readonly type?: string;
  readonly properties?: { readonly metrics?: readonly unknown[] };
}

/** Queue attributes that are numbers, with their least and greatest value. */
const QUEUE_ATTRIBUTES = {
  VisibilityTimeout: [0, 43_200],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  MaximumMessageSize: [1_024, 1_048_576],
} as const;

/**
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
function sendMessage(message: Message): string[] {
  const { QueueUrl = "", MessageBody = "", MessageAttributes = {} } = message;
  const isFifo = QueueUrl.endsWith(".fifo");
  const attributes = Object.entries(MessageAttributes);
  const bytes = attributes.reduce(
    (sum, [name, { DataType = "", StringValue = "", BinaryValue }]) =>
      sum + Buffer.byteLength(`${name}${DataType}${StringValue}`) + (BinaryValue?.length ?? 0),
    Buffer.byteLength(MessageBody),
  );
  return [
    ...check("MessageBody", MessageBody, SQS_TEXT),
    ...range("MessageBody with attributes (bytes)", bytes, 1, SQS_MESSAGE_BYTES),
    ...(isFifo || message.MessageGroupId !== undefined
      ? check("MessageGroupId", message.MessageGroupId ?? "", SQS_ID)
      : []),
    ...(message.MessageDeduplicationId === undefined
      ? []
      : check("MessageDeduplicationId", message.MessageDeduplicationId, SQS_ID)),
    ...(isFifo && message.DelaySeconds ? ["DelaySeconds: not for a message of a FIFO queue"] : []),
    ...range("DelaySeconds", message.DelaySeconds, 0, 900),
    ...range("MessageAttributes (entries)", attributes.length, 0, 10),
    ...attributes.flatMap(([name, attribute]) => attributeViolations(name, attribute)),
  ];
}

function attributeViolations(name: string, { DataType = "", StringValue, BinaryValue }: Attribute): string[] {
  const at = `MessageAttributes.${name}`;
  return [
    ...check(`${at} (name)`, name, /^(?!aws\.|amazon\.)(?!.*\.\.)(?!\.)[\w.-]{1,256}(?<!\.)$/i),
    ...check(`${at}.DataType`, DataType, /^(?=.{1,256}$)(?:String|Number|Binary)(?:\..+)?$/),
    ...(DataType.startsWith("Binary") && BinaryValue ? [] : check(at, StringValue ?? "", SQS_TEXT)),
    ...(DataType.startsWith("Number") && !Number.isFinite(Number(StringValue))
      ? [`${at}: a number expected, ${StringValue} given`]
      : []),
  ];
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function entriesSize(entries: readonly EventEntry[]): number {
  const texts = entries.flatMap(({ Source, DetailType, Detail, Resources = [] }) => [
    Source,
    DetailType,
    Detail,
    ...Resources,
  ]);
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), 0);
}

function check(name: string, value: string, pattern: RegExp): string[] {
  return pattern.test(value) ? [] : [`${name}: ${JSON.stringify(value.slice(0, 200))} is not what AWS takes`];
}

function range(name: string, value: number | undefined, least: number, most: number): string[] {
  if (value === undefined || (value >= least && value <= most)) return [];
  return [`${name}: ${value} is not from ${least} to ${most}`];
}

function jsonObject(name: string, text: string | undefined): string[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? []
      : [`${name}: a JSON object expected`];
  } catch {
    return [`${name}: JSON expected`];
  }
}
