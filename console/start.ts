import { loaded } from "../local/interrupted";
import { once } from "node:events";
import { pc } from "../terminal/colours";
import { localConsole } from ".";
import { startConsole, USUAL_PORT as CONSOLE_PORT } from "./serve";
import { USUAL_PORT } from "../local/emulator";
import type { ConfigValues } from "../local/deployer/config";
import { portOwner } from "../local/port-owner";
import { signedHeaders } from "../inbox/operations/send";
import { payloadOf } from "../local/samples";
import { seconds } from "../terminal/progress";
import type { LocalStack } from "../local/stack";
import { optionsOf } from "../local/usage";
import { withStack } from "../local/with-stack";

const HELP = `Deploys the inbox to a local AWS and keeps it running until Ctrl-C.

  npm start
  npm start -- --consumer http://localhost:3000/stripe

Options:
  --consumer <address>  a handler of Stripe's webhooks on this machine, which becomes the consumer "app"
`;

/** Name of the consumer that --consumer creates. */
const APP = "app";

/**
 * Returns the configuration of a consumer that gets Stripe's webhooks as Stripe sends them. @param url URL of a handler
 */
function consumerAt(url: string): ConfigValues {
  const secret = { ssm: `/webhook-inbox/local/consumer-${APP}` };
  return { consumers: [{ name: APP, when: "provider = 'stripe'", http: { url, secret, as: "original" } }] };
}

/** Returns a request that can be pasted into a shell. The body has no single quote, which would end it there. */
function curl(stack: LocalStack): string {
  const stripe = stack.providers["stripe"];
  if (!stripe) return "";
  const body = JSON.stringify(JSON.parse(payloadOf("stripe-invoice-paid.json").toString()));
  const headers = signedHeaders({ ...stripe, body: Buffer.from(body) });
  const lines = Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}'`);
  return [`curl -i ${stack.outputs.api_endpoint}/stripe`, ...lines, `  -d '${body}'`].join(" \\\n");
}

/**
 * Says that a port other than the usual one is used, and which process has the usual one; empty if the usual one is
 * used.
 */
async function otherPort(address: string, usual: number, consequence: string): Promise<string> {
  if (new URL(address).port === String(usual)) return "";
  const owner = await portOwner(usual);
  return pc.yellow(`Port ${usual} is taken${owner === undefined ? "" : ` by ${owner}`}: ${consequence}\n`);
}

/** Explains how webhooks reach code on this machine. The printed secrets are random ones of the local stack. */
function toYourCode({ consumerSecrets }: LocalStack, consumer: string | undefined): string {
  const secret = consumerSecrets[APP];
  if (consumer === undefined || secret === undefined)
    return `Bring webhooks to a server on this machine, as Stripe sends them; it says with which secret to verify them:

  npx webhooks listen --forward-to http://localhost:3000/stripe --provider stripe

or make the server a consumer, with retries, dead letters and a queue of its own:

  npm start -- --consumer http://localhost:3000/stripe`;
  return `The consumer ${APP} calls ${consumer} with each of Stripe's webhooks. Its signing secret is

  ${pc.bold(secret)}

See what becomes of them, and send them again:

  npx webhooks consumers show ${APP}
  npx webhooks dlq redrive --consumer ${APP} --all`;
}

function welcome(stack: LocalStack, consoleUrl: string, notes: string, consumer: string | undefined): string {
  const { outputs, deployment } = stack;
  return `
${notes}${pc.green("✔")} ${deployment.resources} resources deployed in ${seconds(deployment.ms)}. The inbox listens at

  ${pc.bold(`${outputs.api_endpoint}/<provider>`)}   providers: ${Object.keys(stack.providers).join(", ")}

See every webhook on its way, and send samples, at

  ${pc.bold(consoleUrl)}

Send a signed sample:

  npx webhooks send --provider stripe --file tests/fixtures/payloads/stripe-charge-refunded.json

or paste this; Stripe's signatures are good for five minutes:

${curl(stack)}

See the events that consumers get, as they are published:

  npx webhooks tail

${toYourCode(stack, consumer)}

${pc.dim("Press Ctrl-C to stop. All local data is discarded.")}
`;
}

loaded();
const { consumer } = optionsOf({ consumer: { type: "string" } }, HELP);
const config = consumer === undefined ? {} : consumerAt(consumer);
void withStack({ announce: true, config }, async (stack, progress) => {
  const site = await startConsole(localConsole(stack));
  progress.done();
  stack.file?.addConsole(site.address);
  const notes = [
    await otherPort(stack.endpoint, USUAL_PORT, `the local AWS listens at ${stack.endpoint}.`),
    await otherPort(site.url, CONSOLE_PORT, `the console is at ${site.url}.`),
  ];
  console.log(welcome(stack, site.address, notes.join(""), consumer));
  // Waits until a signal ends the emulator, or it dies.
  await once(stack.emulator.process, "exit");
  await site.close();
  throw new Error("The local AWS exited unexpectedly; see .cache/emulator.log.");
});
