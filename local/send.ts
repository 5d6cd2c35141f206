import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { schemes } from "../providers";
import { postSigned, type Reply } from "./post";
import { STACK_FILE, type StackDescription } from "./stack";

interface Options {
  readonly provider: string;
  readonly file: string;
  readonly url?: string;
  readonly scheme?: string;
  readonly secret?: string;
  readonly id?: string;
  readonly type?: string;
  readonly count: number;
  readonly json?: boolean;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Give a whole number from 1.");
  return value;
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Where to send, and what to sign with: the running stack's, unless the options say otherwise. */
function destination({ provider, url, scheme, secret }: Options) {
  if (url !== undefined && secret !== undefined) return { url, secret, scheme: scheme ?? provider };
  if (url !== undefined)
    throw new Error("--url goes with --secret: only the local stack's secrets are known here.");
  let stack: StackDescription;
  try {
    stack = JSON.parse(readFileSync(STACK_FILE, "utf8")) as StackDescription;
  } catch {
    throw new Error("No local stack is running. Start one with `npm start`, or give --url and --secret.");
  }
  const known = stack.providers[provider];
  if (!known) {
    throw new Error(
      `The stack has no provider ${provider}. It has ${Object.keys(stack.providers).join(", ")}.`,
    );
  }
  return {
    url: `${stack.outputs.api_endpoint}/${provider}`,
    secret: secret ?? known.secret,
    scheme: scheme ?? known.scheme,
    ...(known.url !== undefined && { signedUrl: known.url }),
  };
}

function show(reply: Reply, { json }: Options): void {
  console.log(
    json ? JSON.stringify({ status: reply.status, body: reply.json }) : `${reply.status} ${reply.body}`,
  );
}

async function send(options: Options): Promise<void> {
  const to = destination(options);
  if (!schemes[to.scheme]) {
    throw new Error(
      `There is no scheme ${to.scheme}; give --scheme, one of ${Object.keys(schemes).join(", ")}.`,
    );
  }
  const body = read(options.file);
  for (let sent = 0; sent < options.count; sent += 1) {
    const reply = await postSigned({ ...to, body, id: options.id, type: options.type });
    show(reply, options);
    if (reply.status >= 300) process.exitCode = 1;
  }
}

const program = new Command("npm run send --")
  .description("Signs a file as a provider would and posts it, to the running local stack or to any address.")
  .requiredOption("--provider <name>", "provider of the stack, such as stripe")
  .requiredOption("--file <path>", "the payload")
  .option("--url <address>", "where to, instead of the running stack")
  .option("--secret <text>", "what to sign with, instead of the running stack's secret")
  .option("--scheme <id>", "how to sign, where it is not the provider's name")
  .option("--id <id>", "event id, for schemes that carry it in a header")
  .option("--type <type>", "event type, for schemes that carry it in a header")
  .option("--count <n>", "how often; the same webhook again is a duplicate", positive, 1)
  .option("--json", "one line of JSON per answer")
  .addHelpText(
    "after",
    `
Examples:
  npm run send -- --provider stripe --file tests/fixtures/payloads/stripe-invoice-paid.json
  npm run send -- --provider github --type push --file push.json --url https://.../v1/webhook/github --secret s3cret

Exit code 0 where every answer was 2xx, else 1.`,
  )
  .action(send);

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
