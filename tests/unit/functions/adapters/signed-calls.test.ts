import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { GetParametersCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { buildQueryString, HttpResponse, type HttpRequest } from "@smithy/core/protocols";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { FinalizeRequestMiddleware, MiddlewareStack } from "@smithy/types";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createBreakerClient, consumerOf } from "../../../../functions/adapters/breaker";
import { createDynamoDB, createS3, createSqs } from "../../../../functions/adapters/clients";
import { createProcessorClient } from "../../../../functions/adapters/processor";
import { secretStore } from "../../../../functions/adapters/secret-store";
import { HURRIED, signedCalls } from "../../../../functions/adapters/signed-calls";

/*
 * The functions sign their calls by hand. The second witness of each is AWS's own client: for the same operation it must
 * send the same method, host, path, query, headers and body. The emulator cannot tell, since it ignores API versions,
 * checksums and signatures. How calls fail is held against the same clients in signed-call-errors.test.ts.
 */

const UUID = "8b1f6f9c-1f0a-4c2e-9a53-2f6f0d1c7e11";
const MAPPING_ARN = `arn:aws:lambda:us-east-1:123456789012:event-source-mapping:${UUID}`;
const QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks.fifo";
const SINCE = "2026-01-01T12:00:00.000Z";
const TAG = "webhook-inbox:paused-since";

/**
 * A request without its body, and with the JSON of its body. `x-amzn-query-mode` asks SQS for the names that errors had
 * in an older protocol. Of JSON, the clients order the members otherwise, so its hash and signature cannot be compared.
 */
function sentAs({ method, protocol, hostname, path, query, headers, body }: HttpRequest) {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body as Uint8Array | undefined);
  const json = text.startsWith("{");
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const unlike = ["x-amzn-query-mode", ...(json ? ["x-amz-content-sha256", "authorization"] : [])];
  return {
    method,
    url: `${protocol}//${hostname}${path}?${buildQueryString(query)}`,
    headers: Object.fromEntries(lower.filter(([name]) => !unlike.includes(name))),
    body: json ? (JSON.parse(text) as unknown) : text,
  };
}
type Sent = ReturnType<typeof sentAs>;

/** What the functions' own calls send. */
const own: Sent[] = [];

beforeEach(() => {
  own.length = 0;
  jest.useFakeTimers({ now: Date.parse(SINCE), doNotFake: ["setTimeout", "nextTick", "setImmediate"] });
  const env = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_LAMBDA_FUNCTION_NAME: "ingest",
    _X_AMZN_TRACE_ID: "Root=1-67891233-abcdef012345678912345678;Sampled=1",
  };
  jest.replaceProperty(process, "env", env);
  jest.spyOn(NodeHttpHandler.prototype, "handle").mockImplementation(async (request) => {
    const sent = sentAs(request);
    own.push(sent);
    const { MessageBody = "" } = Object(sent.body) as { MessageBody?: string };
    const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
    const answer = { Tags: {}, Parameters: [], SecretString: "v", MD5OfMessageBody };
    const body = Readable.from([JSON.stringify(answer)]);
    return { response: new HttpResponse({ statusCode: 200, headers: {}, body }) };
  });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

type Client =
  | typeof DynamoDBClient
  | typeof LambdaClient
  | typeof S3Client
  | typeof SecretsManagerClient
  | typeof SQSClient
  | typeof SSMClient;

/** Takes away what a client says of itself and of the attempt, before that is signed. */
const withoutClient: FinalizeRequestMiddleware<object, object> = (next) => (args) => {
  const { headers } = args.request as HttpRequest;
  for (const name of Object.keys(headers)) if (/user-agent|^amz-sdk-/.test(name)) delete headers[name];
  return next(args);
};

/** What AWS's client sends for a command, but for what it says of itself and of the attempt. */
async function sdk(Client: Client, command: object, region = "us-east-1"): Promise<Sent> {
  let sent: Sent | undefined;
  const client = new Client({
    region,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "token" },
    requestHandler: {
      handle: (request: HttpRequest) => {
        sent = sentAs(request);
        throw new Error("captured");
      },
    },
  });
  const stack = client.middlewareStack as unknown as MiddlewareStack<object, object>;
  stack.addRelativeTo(withoutClient, { relation: "before", toMiddleware: "httpSigningMiddleware" });
  await (client.send as (command: object) => Promise<unknown>)(command).catch(() => undefined);
  if (!sent) throw new Error("the client sent nothing");
  return sent;
}

const consumer = () => consumerOf(MAPPING_ARN, signedCalls(HURRIED));
const listTags = () => sdk(LambdaClient, new ListTagsCommand({ Resource: MAPPING_ARN }));
const tag = () =>
  sdk(LambdaClient, new TagResourceCommand({ Resource: MAPPING_ARN, Tags: { [TAG]: SINCE } }));
const untag = () => sdk(LambdaClient, new UntagResourceCommand({ Resource: MAPPING_ARN, TagKeys: [TAG] }));
const enable = (Enabled: boolean) =>
  sdk(LambdaClient, new UpdateEventSourceMappingCommand({ UUID, Enabled }));
const mapping = () => sdk(LambdaClient, new GetEventSourceMappingCommand({ UUID }));

test("the breaker's state is read as AWS's client reads it", async () => {
  await consumer().state();
  expect(own).toEqual([await listTags()]);
});

test("a pause is made as AWS's client makes it", async () => {
  await consumer().pause(SINCE);
  expect(own).toEqual([await tag(), await enable(false), await tag()]);
});

test("a resume is made as AWS's client makes it", async () => {
  await consumer().resume();
  expect(own).toEqual([await listTags(), await enable(true), await untag(), await mapping()]);
});

test("the recovery function is invoked as AWS's client invokes it", async () => {
  const reason = { code: "States.Timeout", message: "ünicode" };
  await createBreakerClient("webhook-inbox-recover-dev", signedCalls(HURRIED)).open(reason);
  const command = new InvokeCommand({
    FunctionName: "webhook-inbox-recover-dev",
    InvocationType: "Event",
    Payload: Buffer.from(JSON.stringify({ pause: reason })),
  });
  const expected = await sdk(LambdaClient, command);
  // Lambda takes a payload for JSON whatever its type says; the client says octets.
  const headers = { "x-amz-invocation-type": "Event" };
  expect(expected.headers).toMatchObject(headers);
  expect(own).toMatchObject([{ ...expected, headers }]);
});

test("the processing function is tried with an empty batch as AWS's client invokes it", async () => {
  await createProcessorClient("webhook-inbox-process-dev", signedCalls(HURRIED)).answers();
  const command = new InvokeCommand({
    FunctionName: "webhook-inbox-process-dev",
    Payload: Buffer.from(JSON.stringify({ Records: [] })),
  });
  // Lambda takes a payload for JSON whatever its type says; the client says octets.
  const expected = await sdk(LambdaClient, command);
  expect(own).toMatchObject([{ ...expected, headers: {} }]);
});

test("a parameter is read and written as AWS's client does it", async () => {
  const { read, write } = secretStore();
  await read([{ ssm: "/webhook-inbox/dev/stripe" }, { ssm: "/webhook-inbox/dev/acme" }]);
  await write({ ssm: "/webhook-inbox/dev/asana", kmsKeyArn: "arn:aws:kms:us-east-1:1:key/k" }, "told");
  expect(own).toEqual([
    await sdk(
      SSMClient,
      new GetParametersCommand({
        Names: ["/webhook-inbox/dev/stripe", "/webhook-inbox/dev/acme"],
        WithDecryption: true,
      }),
    ),
    await sdk(
      SSMClient,
      new PutParameterCommand({
        Name: "/webhook-inbox/dev/asana",
        Value: "told",
        Type: "SecureString",
        Overwrite: true,
        KeyId: "arn:aws:kms:us-east-1:1:key/k",
      }),
    ),
  ]);
});

test("a secret of Secrets Manager is read as AWS's client reads it", async () => {
  await secretStore().read([{ secretsManager: "dev/stripe" }]);
  expect(own).toEqual([
    await sdk(SecretsManagerClient, new GetSecretValueCommand({ SecretId: "dev/stripe" })),
  ]);
});

describe("an object is stored as AWS's client stores it", () => {
  const object = {
    Bucket: "raw-payloads",
    Key: "raw/acme/a b(1)!/c'*+~é/20260101T120000000Z",
    Body: Buffer.from('not JSON, with "quotes" and ünicode'),
    ContentType: "application/json;  charset=utf-8",
    ContentEncoding: "gzip",
    Metadata: { "event-id": encodeURIComponent("evt ü"), "event-type": "thing.made" },
  };

  test("with its metadata and checksum", async () => {
    await createS3().putObject(object);
    expect(own).toEqual([await sdk(S3Client, new PutObjectCommand(object))]);
  });

  test("without any", async () => {
    const plain = { Bucket: "raw-payloads", Key: "raw/a", Body: "text" };
    await createS3().putObject(plain);
    expect(own).toEqual([await sdk(S3Client, new PutObjectCommand(plain))]);
  });

  test("in a bucket whose name TLS cannot have in the host", async () => {
    await createS3().putObject({ ...object, Bucket: "raw.example.com" });
    expect(own).toEqual([
      await sdk(S3Client, new PutObjectCommand({ ...object, Bucket: "raw.example.com" })),
    ]);
  });

  test.each(["cn-north-1", "us-gov-west-1", "eusc-de-east-1"])("in %s", async (region) => {
    process.env["AWS_REGION"] = region;
    await createS3().putObject(object);
    expect(own).toEqual([await sdk(S3Client, new PutObjectCommand(object), region)]);
  });
});

test("an object is deleted as AWS's client deletes it", async () => {
  const object = { Bucket: "raw-payloads", Key: "raw/acme/a b(1)!/c'*+~é" };
  await createS3().deleteObject(object);
  expect(own).toEqual([await sdk(S3Client, new DeleteObjectCommand(object))]);
});

test("an item is updated as AWS's client updates it", async () => {
  const input = {
    TableName: "webhooks",
    Key: { pk: { S: "acme#ünicode" } },
    UpdateExpression: "SET #a = :a ADD attempts :one",
    ConditionExpression: "attribute_not_exists(expiresAt)",
    ExpressionAttributeNames: { "#a": "a" },
    ExpressionAttributeValues: { ":a": { M: { b: { L: [{ BOOL: true }] } } }, ":one": { N: "1" } },
    ReturnValues: "ALL_OLD" as const,
  };
  await createDynamoDB().updateItem(input);
  expect(own).toEqual([await sdk(DynamoDBClient, new UpdateItemCommand(input))]);
});

test("messages are sent, hidden, counted, read and deleted as AWS's client does it", async () => {
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  const message = {
    QueueUrl: QUEUE_URL,
    MessageBody: '{"id":"ünicode"}',
    MessageGroupId: "acme",
    MessageDeduplicationId: "acme:a:0",
    MessageAttributes: { ReceivedAt: text(SINCE) },
    MessageSystemAttributes: { AWSTraceHeader: text("Root=1-2-3") },
  };
  const hidden = { QueueUrl: QUEUE_URL, ReceiptHandle: "r", VisibilityTimeout: 0 };
  const counted = { QueueUrl: QUEUE_URL, AttributeNames: ["ApproximateNumberOfMessages" as const] };
  const read = { QueueUrl: QUEUE_URL, MaxNumberOfMessages: 10, MessageAttributeNames: ["ReceivedAt"] };
  const deleted = { QueueUrl: QUEUE_URL, ReceiptHandle: "r" };
  const sqs = createSqs();
  await sqs.sendMessage(message);
  await sqs.changeMessageVisibility(hidden);
  await sqs.getQueueAttributes(counted);
  await sqs.receiveMessage(read);
  await sqs.deleteMessage(deleted);
  expect(own).toEqual([
    await sdk(SQSClient, new SendMessageCommand(message)),
    await sdk(SQSClient, new ChangeMessageVisibilityCommand(hidden)),
    await sdk(SQSClient, new GetQueueAttributesCommand(counted)),
    await sdk(SQSClient, new ReceiveMessageCommand(read)),
    await sdk(SQSClient, new DeleteMessageCommand(deleted)),
  ]);
});
