import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import Module from "node:module";
import { join } from "node:path";
import type * as deployer from "../../local/deployer";
import { startEmulator } from "../../local/emulator";
import { createSecrets } from "../../local/secrets";
import { postSigned } from "../../inbox/operations/send";
import { until } from "../support/until";

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

/** Deploys an example to a local AWS of its own, posts a payment as Stripe would, and prints what its function logged. */
async function main(folder: string, functionName: string): Promise<void> {
  usePulumiOf(folder);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- after the line above
  const { deploy } = require("../../local/deployer") as typeof deployer;
  const emulator = await startEmulator();
  try {
    const { stripe } = await createSecrets(
      emulator,
      ["stripe", "github"].map((name) => ({ name, scheme: name, secret: { ssm: `/shop/${name}` } })),
    );
    if (!stripe) throw new Error("there is no secret for stripe");
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program runs when it is loaded
    const { outputs } = await deploy(emulator, {}, () => require(join(folder, "index.ts")) as object);
    const url = `${outputs.api_endpoint}/stripe`;
    const { status } = await postSigned({ ...stripe, url, body: Buffer.from(JSON.stringify(PAYMENT)) });
    const logs = new CloudWatchLogsClient(emulator.client);
    const logged = await until(
      "the payment in the function's log",
      () => firstLine(logs, functionName),
      60_000,
    );
    console.log(JSON.stringify({ status, logged, outputs }));
  } finally {
    await emulator.stop();
  }
}

const [, , folder = "", functionName = ""] = process.argv;
void main(folder, functionName);
