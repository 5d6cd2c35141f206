import { awsModels, type Models } from "../support/aws/model";
import { parseRequest } from "../support/aws/request";
import { violations } from "../support/aws/violations";

/* Requests as they go over the wire, read back into the operation and the input that they stand for. */

let models: Models;
beforeAll(async () => {
  models = await awsModels();
}, 120_000);

function read(service: string, method: string, url: string, body = "", headers: Record<string, string> = {}) {
  const authorization = `AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/${service}/aws4_request, Signature=0`;
  return parseRequest(models, {
    method,
    url,
    headers: { authorization, ...headers },
    body: Buffer.from(body),
  });
}

test("S3's by path, query and headers", () => {
  const call = read("s3", "PUT", "/bucket/raw/a%20b?x-id=PutObject", "bytes", {
    "x-amz-meta-provider": "acme",
  });
  expect(call).toMatchObject({
    service: "s3",
    operation: "PutObject",
    input: { Bucket: "bucket", Key: "raw/a b", Metadata: { provider: "acme" }, Body: Buffer.from("bytes") },
  });
  expect(read("s3", "GET", "/bucket?list-type=2&prefix=raw%2F")).toMatchObject({
    operation: "ListObjectsV2",
    input: { Bucket: "bucket", Prefix: "raw/" },
  });
  expect(read("s3", "HEAD", "/bucket/key")).toMatchObject({ operation: "HeadObject" });
});

test("Lambda's by path, with the API version", () => {
  const arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Aevent-source-mapping%3A0";
  expect(read("lambda", "GET", `/2017-03-31/tags/${arn}`)).toMatchObject({ operation: "ListTags" });
  expect(() => read("lambda", "GET", `/2015-03-31/tags/${arn}`)).toThrow("no operation of Lambda");
});

test("what the model does not know is found", () => {
  const headers = { "x-amz-colour": "red" };
  expect(violations(models, read("s3", "GET", "/bucket/key?colour=red", "", headers))).toEqual([
    "s3.GetObject ?colour: no such member",
    "s3.GetObject header x-amz-colour: no such member",
  ]);
});
