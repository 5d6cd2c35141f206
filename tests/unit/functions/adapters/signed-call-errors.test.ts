import { DynamoDB as DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3 as S3Client } from "@aws-sdk/client-s3";
import { SQS as SQSClient } from "@aws-sdk/client-sqs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createDynamoDB, createS3, createSqs } from "../../../../functions/adapters/clients";
import { secretStore } from "../../../../functions/adapters/secret-store";

/*
 * What becomes of calls that fail, against a server that answers as AWS does. AWS's clients make the same calls to the
 * same server: they must try as often, and fail with an error of the same name, text and members.
 */

type Answer = (response: ServerResponse) => void;

let server: Server;
/** What the server answers, one after the other, the last one from there on; and how often it was asked. */
let answers: readonly [Answer, ...Answer[]];
let asked: number;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().once("end", () => {
      const answer = answers[asked] ?? answers.at(-1);
      asked += 1;
      answer?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  asked = 0;
  // The pauses between attempts are a random part of the longest one.
  jest.spyOn(Math, "random").mockReturnValue(0);
  jest.replaceProperty(process, "env", {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
  });
});
afterEach(() => jest.restoreAllMocks());

const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
const xml =
  (status: number, code: string, message: string): Answer =>
  (response) =>
    response
      .writeHead(status)
      .end(`<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
const html: Answer = (response) => response.writeHead(503).end("<html>Service Unavailable</html>");
const broken: Answer = (response) => response.socket?.destroy();
const brokenHalfWay: Answer = (response) => {
  response.writeHead(200, { "content-length": "100" }).write("{");
  response.socket?.end();
};
const dynamodbError = (name: string, members: object = {}) =>
  json(400, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "said so", ...members });

const update = { TableName: "webhooks", Key: { pk: { S: "acme#a" } } };
const object = { Bucket: "raw", Key: "raw/a", Body: "x", ContentType: "text/plain", Metadata: {} };
const message = { QueueUrl: "https://sqs.us-east-1.amazonaws.com/1/q.fifo", MessageBody: "x" };

const clients = () => {
  const access = { region: "us-east-1", maxAttempts: 3, forcePathStyle: true, useQueueUrlAsEndpoint: false };
  return {
    own: { s3: createS3(), dynamodb: createDynamoDB(), sqs: createSqs() },
    sdk: { s3: new S3Client(access), dynamodb: new DynamoDBClient(access), sqs: new SQSClient(access) },
  };
};
type Calls = ReturnType<typeof clients>["own"];

/** How a call ended, and after how many attempts. */
async function outcome(call: () => Promise<unknown>) {
  asked = 0;
  try {
    await call();
    return { attempts: asked };
  } catch (error) {
    const { name, message, Item } = error as Error & { readonly Item?: unknown };
    return { attempts: asked, name, message, Item };
  }
}

const updated = ({ dynamodb }: Calls) => dynamodb.updateItem(update);
const stored = ({ s3 }: Calls) => s3.putObject(object);
const sent = ({ sqs }: Calls) => sqs.sendMessage(message);

test.each<[string, (calls: Calls) => Promise<unknown>, readonly [Answer, ...Answer[]], number]>([
  [
    "a condition that fails",
    updated,
    [dynamodbError("ConditionalCheckFailedException", { Item: { failures: { N: "1" } } })],
    1,
  ],
  ["a conflict with a transaction", updated, [dynamodbError("TransactionConflictException")], 1],
  ["what is not allowed", updated, [dynamodbError("AccessDeniedException")], 1],
  ["a throttled table", updated, [dynamodbError("ProvisionedThroughputExceededException")], 3],
  ["a throttled account", updated, [dynamodbError("RequestLimitExceeded")], 3],
  ["a failure of the service that ends", updated, [json(500, {}), json(200, {})], 2],
  [
    "a throttled queue",
    sent,
    [json(400, { __type: "com.amazonaws.sqs#RequestThrottled", message: "slower" })],
    3,
  ],
  [
    "a queue that is not there",
    sent,
    [json(400, { __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "none" })],
    1,
  ],
  ["a throttled bucket", stored, [xml(503, "SlowDown", "Please reduce your request rate.")], 3],
  ["S3's own time-out", stored, [xml(400, "RequestTimeout", "Your socket connection was not read from.")], 3],
  [
    "a bucket that is not there",
    stored,
    [xml(404, "NoSuchBucket", "The specified bucket does not exist")],
    1,
  ],
  ["too many requests", stored, [xml(429, "TooManyRequests", "slower")], 3],
  ["a connection that breaks", stored, [broken, broken, json(200, {})], 3],
  ["an answer that breaks off", updated, [brokenHalfWay, json(200, {})], 2],
])("%s is tried as often as by AWS's client, and ends alike", async (_, call, given, attempts) => {
  const { own, sdk } = clients();
  answers = given;
  const ended = await outcome(() => call(own));
  expect(ended.attempts).toBe(attempts);
  expect(ended).toEqual(await outcome(() => call(sdk)));
});

test("a connection that breaks for good is an error after as many attempts as AWS's client makes", async () => {
  const { own, sdk } = clients();
  answers = [broken];
  const ended = await outcome(() => updated(own));
  expect(ended).toMatchObject({ name: "TimeoutError", message: "socket hang up", attempts: 3 });
  expect(await outcome(() => updated(sdk))).toMatchObject({ attempts: 3 });
});

test("a queue that has another message than the one sent is an error, as for AWS's client", async () => {
  const { own, sdk } = clients();
  answers = [json(200, { MD5OfMessageBody: "0" })];
  await expect(sent(own)).rejects.toThrow("SQS hashed another message body");
  await expect(sent(sdk)).rejects.toThrow("InvalidChecksumError");
});

test("a load balancer's page is tried again, like any 503", async () => {
  answers = [html, html, json(200, {})];
  expect(await outcome(() => updated(clients().own))).toEqual({ attempts: 3 });
});

test("retries end when most calls fail: each costs of a budget that successes fill", async () => {
  answers = [json(500, {})];
  const { own } = clients();
  const attempts: number[] = [];
  for (let call = 0; call < 30; call += 1) attempts.push((await outcome(() => updated(own))).attempts);
  expect(attempts[0]).toBe(3);
  expect(attempts.at(-1)).toBe(1);
});

test("a call that is aborted is not tried again", async () => {
  const controller = new AbortController();
  answers = [() => controller.abort()];
  const options = { abortSignal: controller.signal };
  expect(await outcome(() => clients().own.dynamodb.updateItem(update, options))).toMatchObject({
    attempts: 1,
    name: "AbortError",
  });
});

test("a service that does not answer is given up, and asked again", async () => {
  const found = { Parameters: [{ Name: "/inbox/a", Value: "v" }] };
  answers = [() => undefined, json(200, found)];
  expect(await outcome(() => updated(clients().own))).toEqual({ attempts: 2 });
});

describe("Parameter Store's throttling, which instances that start together meet", () => {
  const throttled = json(400, { __type: "ThrottlingException", message: "Rate exceeded" });
  const found = json(200, { Parameters: [{ Name: "/inbox/a", Value: "v" }] });
  const read = () => secretStore().read([{ ssm: "/inbox/a" }]);

  test("is waited out longer than the SDK does", async () => {
    answers = [throttled, throttled, throttled, throttled, found];
    expect(await read()).toEqual(["v"]);
  });

  test("that does not end is an error", async () => {
    answers = [throttled];
    expect(await outcome(read)).toMatchObject({ attempts: 5, name: "ThrottlingException" });
  });

  test("is not what any other 400 is", async () => {
    answers = [json(400, { __type: "ValidationException" })];
    expect(await outcome(read)).toMatchObject({ attempts: 1, name: "ValidationException" });
  });
});

test("a secret that Secrets Manager does not have, or not any more, is none", async () => {
  const read = () => secretStore().read([{ secretsManager: "dev/stripe" }]);
  answers = [json(400, { __type: "ResourceNotFoundException", Message: "can't find the specified secret." })];
  expect(await read()).toEqual([undefined]);
  answers = [
    json(400, { __type: "InvalidRequestException", Message: "because it was marked for deletion." }),
  ];
  expect(await read()).toEqual([undefined]);
});
