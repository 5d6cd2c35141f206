import { loaded } from "../local/interrupted";
import { once } from "node:events";
import { pc } from "../terminal/colours";
import { localConsole } from ".";
import { startConsole, USUAL_PORT as CONSOLE_PORT } from "./serve";
import { USUAL_PORT } from "../local/emulator";
import { portOwner } from "../local/port-owner";
import { signedHeaders } from "../inbox/operations/send";
import { payloadOf } from "../local/samples";
import { seconds } from "../terminal/progress";
import type { LocalStack } from "../local/stack";
import { optionsOf } from "../local/usage";
import { withStack } from "../local/with-stack";

const HELP = `Deploys the inbox to a local AWS and keeps it running until Ctrl-C.

  npm start
`;

/** Returns a request that can be pasted into a shell. The body has no single quote, which would end it there. */
function curl(stack: LocalStack): string {
  const stripe = stack.providers["stripe"];
  if (!stripe) return "";
  const body = JSON.stringify(JSON.parse(payloadOf("stripe-invoice-paid.json").toString()));
  const headers = signedHeaders({ ...stripe, body: Buffer.from(body) });
  const lines = Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}'`);
  return [`curl -i ${stack.outputs.api_endpoint}/stripe`, ...lines, `  -d '${body}'`].join(" \\\n");
}

/** Says that an address has another port than usual, and who has that one; nothing if it is the usual one. */
async function otherPort(address: string, usual: number, consequence: string): Promise<string> {
  if (new URL(address).port === String(usual)) return "";
  const owner = await portOwner(usual);
  return pc.yellow(`Port ${usual} is taken${owner === undefined ? "" : ` by ${owner}`}: ${consequence}\n`);
}

function welcome(stack: LocalStack, consoleUrl: string, notes: string): string {
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

${pc.dim("Press Ctrl-C to stop. All local data is discarded.")}
`;
}

loaded();
optionsOf({}, HELP);
void withStack({ announce: true }, async (stack, progress) => {
  const site = await startConsole(localConsole(stack));
  progress.done();
  stack.file?.addConsole(site.address);
  const notes = [
    await otherPort(stack.endpoint, USUAL_PORT, `the local AWS listens at ${stack.endpoint}.`),
    await otherPort(site.url, CONSOLE_PORT, `the console is at ${site.url}.`),
  ];
  console.log(welcome(stack, site.address, notes.join("")));
  // Until a signal ends it, or the emulator dies.
  await once(stack.emulator.process, "exit");
  await site.close();
  throw new Error("The local AWS exited unexpectedly; see .cache/emulator.log.");
});
