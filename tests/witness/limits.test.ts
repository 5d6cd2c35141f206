import { awsLimits, PARAMETER_READS_PER_SECOND } from "../support/aws/limits";
import { awsModels, type Models } from "../support/aws/model";
import type { Call } from "../support/fault-proxy";

/* The layer that enforces what AWS enforces rejects planted faults. */

let models: Models;
beforeAll(async () => {
  models = await awsModels();
}, 120_000);

function call(service: string, target: string, input: object): Call {
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/${service}/aws4_request, Signature=0`,
    "x-amz-target": target,
  };
  const body = JSON.stringify(input);
  return { action: target, body, request: { method: "POST", url: "/", headers, body: Buffer.from(body) } };
}
const read = () => call("ssm", "AmazonSSM.GetParameter", { Name: "/a", WithDecryption: true });
const message = (over: object) =>
  call("sqs", "AmazonSQS.SendMessage", {
    QueueUrl: "https://q.fifo",
    MessageGroupId: "g",
    MessageBody: "b",
    ...over,
  });

test.each([
  ["a character that SQS rejects", { MessageBody: "a\uFFFEb" }],
  ["a lone surrogate", { MessageBody: "a\ud800b" }],
  ["a group with a space", { MessageGroupId: "a b" }],
  [
    "a control character in an attribute",
    { MessageAttributes: { e: { DataType: "String", StringValue: "\u0007" } } },
  ],
  [
    "an attribute too many",
    {
      MessageAttributes: Object.fromEntries(
        [..."abcdefghijk"].map((n) => [n, { DataType: "String", StringValue: n }]),
      ),
    },
  ],
])("rejects a message with %s", (_, over) => {
  const { decide, rejected } = awsLimits(models);
  expect(decide(message({}))).toBeUndefined();
  expect(decide(message(over))).toMatchObject({
    kind: "reject",
    status: 400,
    code: "InvalidMessageContents",
  });
  expect(rejected).toHaveLength(1);
});

test("throttles Parameter Store above its reads a second, with HTTP 400, and lets them pass a second later", () => {
  let time = 0;
  const { decide } = awsLimits(models, { now: () => time });
  const answers = () => Array.from({ length: PARAMETER_READS_PER_SECOND + 2 }, () => decide(read()));
  const throttled = { kind: "reject", status: 400, code: "ThrottlingException" };
  expect(answers().filter(Boolean)).toEqual([throttled, throttled]);
  time = 1_000;
  expect(answers().filter(Boolean)).toHaveLength(2);
});
