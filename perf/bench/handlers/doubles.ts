/**
 * Doubles of S3, DynamoDB and SQS in a process of their own; they answer after the milliseconds that are given as JSON.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

export interface Latencies {
  readonly s3: number;
  readonly dynamodb: number;
  readonly sqs: number;
}

const latencies = JSON.parse(process.argv[2] ?? "{}") as Latencies;

function answer(request: IncomingMessage, body: string): { after: number; json: unknown } {
  const target = String(request.headers["x-amz-target"] ?? "");
  if (target.startsWith("DynamoDB")) return { after: latencies.dynamodb, json: {} };
  if (target.startsWith("AmazonSSM")) {
    const { Names } = JSON.parse(body) as { readonly Names: readonly string[] };
    return { after: 0, json: { Parameters: Names.map((Name) => ({ Name, Value: "secret" })) } };
  }
  if (target.startsWith("AmazonSQS")) {
    const { MessageBody, MessageAttributes } = JSON.parse(body) as Record<string, unknown>;
    // Returns the hash of the body, which the SDK checks; there are no attributes whose hash it would check.
    const MD5OfMessageBody = createHash("md5").update(String(MessageBody)).digest("hex");
    return {
      after: latencies.sqs,
      json: { MessageId: "1", MD5OfMessageBody, attributes: !!MessageAttributes },
    };
  }
  return { after: latencies.s3, json: undefined };
}

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    const { after, json } = answer(request, body);
    setTimeout(() => response.end(json === undefined ? "" : JSON.stringify(json)), after);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
});
process.once("disconnect", () => process.exit());
