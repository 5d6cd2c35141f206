import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UsageError } from "./errors";
import { runningStack, type StackDescription } from "./local-stack";
import { outputs, regionOf, type Outputs } from "./outputs";

/** Names a stack: one on AWS by its Pulumi name or by a file with its outputs; without either, the local one. */
export interface StackRef {
  readonly stack?: string;
  readonly outputs?: string;
}

/** Where Pulumi finds its project: the clone, or, for the npm package, the folder in which the command is run. */
const CLONE = join(__dirname, "..");
const PROGRAM = existsSync(join(CLONE, "Pulumi.yaml")) ? CLONE : process.cwd();

/** How the AWS SDK reaches a stack; without an endpoint and credentials the SDK finds them as the AWS CLI does. */
export interface Access {
  readonly region: string;
  /** URL of an emulator. @default AWS_ENDPOINT_URL, else AWS itself */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A deployed inbox, and the clients that reach it. */
export interface Inbox {
  readonly outputs: Outputs;
  readonly region: string;
  /** Whether the stack runs on an emulator, where executions are read from their history. */
  readonly emulated: boolean;
  readonly clients: Clients;
}

export type Clients = ReturnType<typeof createClients>;

/**
 * Connects to a stack: `stack` through the Pulumi CLI, `outputs` from a file, else the local one.
 * @throws UsageError if there is no such stack
 */
export async function connect(ref: StackRef): Promise<Inbox> {
  if (ref.outputs !== undefined) return onAws(fromFile(ref.outputs), ref.outputs);
  if (ref.stack !== undefined) return onAws(await fromPulumi(ref.stack), `stack ${ref.stack}`);
  const running = runningStack();
  if (running) return connectLocal(running);
  throw new UsageError(
    "No local stack is running. Start one with `npm start`, or name a stack on AWS with --stack <name>.",
  );
}

/** Connects to a local stack. */
export function connectLocal({ outputs: found, endpoint, credentials }: StackDescription): Inbox {
  const checked = check(found, "the local stack");
  return inboxAt(checked, { region: regionOf(checked), endpoint, credentials });
}

/** Returns the inbox that these outputs describe; every AWS client but the functions' own is made here. */
export function inboxAt(checked: Outputs, access: Access): Inbox {
  const endpoint = access.endpoint ?? process.env["AWS_ENDPOINT_URL"];
  const emulated = endpoint !== undefined;
  return { outputs: checked, region: access.region, emulated, clients: createClients(access, emulated) };
}

function createClients(access: Access, emulated: boolean) {
  return {
    apiGateway: new APIGatewayClient(access),
    cloudwatch: new CloudWatchClient(access),
    dynamodb: new DynamoDB(access),
    events: new EventBridgeClient(access),
    lambda: new LambdaClient(access),
    logs: new CloudWatchLogsClient(access),
    s3: new S3({ ...access, forcePathStyle: emulated }),
    secretsManager: new SecretsManagerClient(access),
    sfn: new SFNClient({ ...access, disableHostPrefix: emulated }),
    sns: new SNSClient(access),
    // Uses a queue's URL as the endpoint on AWS only: an emulator may be reachable by another host than its queue URLs
    // name.
    sqs: new SQS({ ...access, useQueueUrlAsEndpoint: !emulated }),
    ssm: new SSMClient(access),
  };
}

function onAws(found: unknown, source: string): Inbox {
  const checked = check(found, source);
  return inboxAt(checked, { region: regionOf(checked) });
}

function fromFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === "ENOENT" ? `There is no file ${file}.` : `${file} cannot be read as JSON: ${message}`,
    );
  }
}

async function fromPulumi(stack: string): Promise<unknown> {
  try {
    const args = ["stack", "output", "--json", "--stack", stack];
    const { stdout } = await promisify(execFile)("pulumi", args, { cwd: PROGRAM });
    return JSON.parse(stdout) as unknown;
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT") {
      throw new UsageError(
        "--stack needs the Pulumi CLI, which is not on the PATH (https://www.pulumi.com/docs/install/). " +
          "Or write the outputs to a file where there is one (`pulumi stack output --json`) and give --outputs <file>.",
      );
    }
    throw new UsageError(
      `Pulumi does not give the outputs of ${stack}: ${stderr?.trim() || (error as Error).message}`,
    );
  }
}

function check(found: unknown, source: string): Outputs {
  const result = outputs.safeParse(found);
  if (result.success) return result.data;
  const wrong = [...new Set(result.error.issues.map(({ path }) => String(path[0] ?? "the whole")))];
  throw new UsageError(`The outputs of ${source} lack ${wrong.join(", ")}. Is it a deployed webhook inbox?`);
}
