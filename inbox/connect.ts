import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { inboxAt, type Inbox } from "./inbox";
import { ROOT } from "../local/paths";
import { runningStack } from "../local/stack-file";
import { UsageError } from "./errors";
import type { StackOptions } from "../cli/options/stack";
import { outputs, type Outputs } from "./outputs";

/** A stack, and how to reach its services. */
export interface Stack {
  readonly outputs: Outputs;
  /** The same, as the console and its traces read it. */
  readonly inbox: Inbox;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly cloudwatch: CloudWatchClient;
  readonly ssm: SSMClient;
  readonly secretsManager: SecretsManagerClient;
  /** For clients of services that only one command needs. */
  readonly access: Access;
}

/** How SDK clients reach a stack; without an endpoint and credentials the SDK finds them as the AWS CLI does. */
export interface Access {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * The stack that the options name: `--stack` through the Pulumi CLI, `--outputs` from a file, else the local one.
 * @throws UsageError where there is none
 */
export async function findStack(options: StackOptions): Promise<Stack> {
  if (options.outputs !== undefined) return onAws(fromFile(options.outputs), options.outputs);
  if (options.stack !== undefined) return onAws(await fromPulumi(options.stack), `stack ${options.stack}`);
  return local();
}

function local(): Stack {
  const description = runningStack();
  if (!description) {
    throw new UsageError(
      "No local stack is running. Start one with `npm start`, or name a stack on AWS with --stack <name>.",
    );
  }
  const checked = check(description.outputs, "the local stack");
  return connect(checked, {
    region: regionOf(checked),
    endpoint: description.endpoint,
    credentials: description.credentials,
  });
}

function onAws(found: unknown, source: string): Stack {
  const checked = check(found, source);
  return connect(checked, { region: regionOf(checked) });
}

function fromFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    throw new UsageError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
}

async function fromPulumi(stack: string): Promise<unknown> {
  try {
    const args = ["stack", "output", "--json", "--stack", stack];
    const { stdout } = await promisify(execFile)("pulumi", args, { cwd: ROOT });
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

/** The stack's own Region, whatever the environment says: its ARNs tell. */
function regionOf({ eventbridge_bus_arn: arn }: Outputs): string {
  const region = arn.split(":")[3];
  if (!region) throw new UsageError(`The output eventbridge_bus_arn (${arn}) is not an ARN.`);
  return region;
}

function connect(found: Outputs, access: Access): Stack {
  const endpoint = access.endpoint ?? process.env["AWS_ENDPOINT_URL"];
  const emulated = endpoint !== undefined;
  return {
    outputs: found,
    inbox: inboxAt(found, { ...access, ...(emulated && { endpoint }) }),
    dynamodb: new DynamoDBClient(access),
    s3: new S3Client({ ...access, forcePathStyle: emulated }),
    // A queue's URL names AWS's host; an emulator's does not have to be the one it is reached by.
    sqs: new SQSClient({ ...access, useQueueUrlAsEndpoint: !emulated }),
    lambda: new LambdaClient(access),
    cloudwatch: new CloudWatchClient(access),
    ssm: new SSMClient(access),
    secretsManager: new SecretsManagerClient(access),
    access: { ...access, ...(emulated && { endpoint }) },
  };
}
