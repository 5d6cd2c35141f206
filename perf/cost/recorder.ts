import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

/** A request that the code made to AWS, through the SDK or not. */
export interface AwsCall {
  readonly service: "S3" | "DynamoDB" | "SQS" | "StepFunctions" | "SSM" | "other";
  /** Name of the operation, such as `PutObject`. */
  readonly operation: string;
  readonly body: Buffer;
}

/** ARN of an execution, as long as those of AWS, since it is logged. */
const EXECUTION_ARN =
  "arn:aws:states:us-east-1:123456789012:express:webhook-inbox-workflow-dev:7bf73129-1428-4cd3-a780-95db273d1602:0a787ecb-4015-4cd3-a780-95db273d1602";

export interface Recorder {
  readonly endpoint: string;
  /** Returns the calls since it was called last, in their order. */
  take(): readonly AwsCall[];
  close(): Promise<void>;
}

/**
 * Starts an endpoint for all services that accepts every call, answers as on the happy path, and records the call:
 * everything that the functions are billed for, including retries and calls without the SDK.
 * @param secret secret that SSM returns
 */
export async function startRecorder(secret: string): Promise<Recorder> {
  let calls: AwsCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = describe(request, Buffer.concat(chunks));
      calls.push(call);
      response.end(answerTo(call, secret));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port on 127.0.0.1");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    take: () => calls.splice(0),
    close: () => {
      calls = [];
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const SERVICES: Readonly<Record<string, AwsCall["service"]>> = {
  DynamoDB_20120810: "DynamoDB",
  AmazonSQS: "SQS",
  AWSStepFunctions: "StepFunctions",
  AmazonSSM: "SSM",
};

function describe(request: IncomingMessage, body: Buffer): AwsCall {
  const [prefix = "", operation] = String(request.headers["x-amz-target"] ?? "").split(".");
  if (operation !== undefined) return { service: SERVICES[prefix] ?? "other", operation, body };
  const isObject = request.method === "PUT" && /^\/[^/]+\/.+/.test(request.url ?? "");
  return isObject
    ? { service: "S3", operation: "PutObject", body }
    : { service: "other", operation: `${request.method} ${request.url}`, body };
}

function answerTo({ service, operation, body }: AwsCall, secret: string): string {
  switch (`${service}.${operation}`) {
    case "S3.PutObject":
      return "";
    case "SSM.GetParameter":
      return JSON.stringify({ Parameter: { Value: secret } });
    case "SSM.GetParameters": {
      const { Names } = JSON.parse(body.toString()) as { Names: readonly string[] };
      return JSON.stringify({ Parameters: Names.map((Name) => ({ Name, Value: secret })) });
    }
    case "SQS.SendMessage": {
      const { MessageBody } = JSON.parse(body.toString()) as { MessageBody: string };
      // Returns the hash of the body, which the SDK checks.
      return JSON.stringify({ MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") });
    }
    case "StepFunctions.StartSyncExecution": {
      const { input } = JSON.parse(body.toString()) as { input: string };
      const { webhooks } = JSON.parse(input) as { webhooks: readonly unknown[] };
      const outcomes = webhooks.map(() => ({ status: "published" }));
      return JSON.stringify({
        status: "SUCCEEDED",
        executionArn: EXECUTION_ARN,
        output: JSON.stringify({ outcomes }),
      });
    }
    default:
      return "{}";
  }
}
