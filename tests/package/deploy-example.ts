import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import Module from "node:module";
import { join } from "node:path";
import type * as deployer from "../../local/deployer";
import { startEmulator, type Emulator } from "../../local/emulator";
import { createSecrets } from "../../local/secrets";
import { newSecret } from "../../providers/new-secret";
import { postSigned } from "../../inbox/operations/send";
import { until } from "../support/until";
import { freePort } from "../support/free-port";

const PAYMENT = {
  id: "evt_1",
  type: "payment_intent.succeeded",
  data: { object: { id: "pi_1", amount: 5 } },
};

type Resolver = {
  _resolveFilename: (request: string, parent: unknown, main: boolean, options?: object) => string;
};

/** Has the deployer use the Pulumi SDK of a program: each copy of the SDK has a runtime of its own. */
function usePulumiOf(folder: string): void {
  const resolver = Module as unknown as Resolver;
  const resolve = resolver._resolveFilename;
  resolver._resolveFilename = (request, parent, main, options) =>
    resolve(request, parent, main, request.startsWith("@pulumi/") ? { paths: [folder] } : options);
}

/** Returns what the example's function logged of the payment; its log group is made by the first invocation. */
async function firstLine(logs: CloudWatchLogsClient, functionName: string): Promise<string | undefined> {
  const query = { logGroupName: `/aws/lambda/${functionName}`, filterPattern: PAYMENT.type };
  try {
    return (await logs.send(new FilterLogEventsCommand(query))).events?.[0]?.message;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

const SERVICE = "service.ts";

/** Starts the service of an example, which a consumer of the inbox calls. */
async function startService(folder: string, { client, endpoint }: Emulator) {
  const { secret } = newSecret("stripe");
  const put = { Name: "/shop/billing", Value: secret, Type: "SecureString" } as const;
  await new SSMClient(client).send(new PutParameterCommand(put));
  const port = await freePort();
  const env = {
    ...process.env,
    ...{ PORT: String(port), TABLE: "shop-billing", STRIPE_WEBHOOK_SECRET: secret },
    ...{ AWS_ENDPOINT_URL: endpoint, AWS_REGION: client.region },
    AWS_ACCESS_KEY_ID: client.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: client.credentials.secretAccessKey,
  };
  const tsx = require.resolve("tsx/cjs");
  const child = spawn(process.execPath, ["-r", tsx, SERVICE], { cwd: folder, env, stdio: "pipe" });
  child.stderr.pipe(process.stderr);
  const lines: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
  return {
    url: `http://127.0.0.1:${port}/hooks/stripe`,
    firstLine: async () => lines.find((line) => line.includes(PAYMENT.type)),
    stop: () => child.kill(),
  };
}

/**
 * Deploys an example to a local AWS of its own, posts a payment as Stripe would, and prints what was logged of it: by its
 * function, or by its service.
 */
async function main(folder: string, functionName: string): Promise<void> {
  usePulumiOf(folder);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- after the line above
  const { deploy } = require("../../local/deployer") as typeof deployer;
  const emulator = await startEmulator();
  const service = existsSync(join(folder, SERVICE)) ? await startService(folder, emulator) : undefined;
  try {
    const { stripe } = await createSecrets(
      emulator,
      ["stripe", "github"].map((name) => ({ name, scheme: name, secret: { ssm: `/shop/${name}` } })),
    );
    if (!stripe) throw new Error("there is no secret for stripe");
    const config: Record<string, string> = service ? { url: service.url } : {};
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program runs when it is loaded
    const { outputs } = await deploy(emulator, config, () => require(join(folder, "index.ts")) as object);
    const url = `${outputs.api_endpoint}/stripe`;
    const { status } = await postSigned({ ...stripe, url, body: Buffer.from(JSON.stringify(PAYMENT)) });
    const logs = new CloudWatchLogsClient(emulator.client);
    const logged = await until(
      "the payment in the log",
      () => service?.firstLine() ?? firstLine(logs, functionName),
      60_000,
    );
    console.log(JSON.stringify({ status, logged, outputs }));
  } finally {
    service?.stop();
    await emulator.stop();
  }
}

const [, , folder = "", functionName = ""] = process.argv;
void main(folder, functionName);
