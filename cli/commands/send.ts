import { readFileSync } from "node:fs";
import { Command } from "commander";
import { postSigned, type Reply } from "../../inbox/operations/send";
import { runningStack } from "../../inbox/local-stack";
import { schemeName, schemeOf, schemes } from "../../providers";
import { didYouMean, listed } from "../../did-you-mean";
import { unknownProvider } from "../../inbox/outputs";
import { UsageError } from "../../inbox/errors";
import { positive } from "../options/stack";
import { asJson, sanitize } from "../../terminal/output";
import { readSecret } from "../../terminal/read-secret";

interface Options {
  readonly provider: string;
  readonly file: string;
  readonly url?: string;
  readonly scheme?: string;
  readonly secret?: string;
  readonly secretFile?: string;
  readonly id?: string;
  readonly type?: string;
  readonly count: number;
  readonly json?: boolean;
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(code === "ENOENT" ? `There is no file ${file}.` : `${file} cannot be read: ${code}`);
  }
}

/**
 * Returns the secret that the options give. A file or a pipe keeps it out of the shell's history and the list of
 * processes.
 */
async function givenSecret({ secret, secretFile }: Pick<Options, "secret" | "secretFile">) {
  if (secretFile === undefined) return secret;
  if (secret !== undefined) throw new UsageError("Give --secret-file or --secret, not both.");
  const text =
    secretFile === "-"
      ? await readSecret("Secret to sign with (it is not shown): ")
      : read(secretFile).toString();
  if (text.trim() === "") throw new UsageError("--secret-file holds no secret.");
  return text.trim();
}

/** Returns the endpoint and the secret to sign with: those of the running stack unless options override them. */
async function destination({ provider, url, scheme, ...options }: Options) {
  const secret = await givenSecret(options);
  if (url !== undefined && secret !== undefined) return { url, secret, scheme: scheme ?? provider };
  if (url !== undefined)
    throw new UsageError(
      "--url goes with --secret-file or --secret: only the local stack's secrets are known here.",
    );
  const stack = runningStack();
  if (!stack) {
    throw new UsageError(
      "No local stack is running. Start one with `npm start`, or give --url and --secret-file.",
    );
  }
  const known = stack.providers[provider];
  if (!known) throw unknownProvider(provider, Object.keys(stack.providers));
  return {
    url: `${stack.outputs.api_endpoint}/${provider}`,
    secret: secret ?? known.secret,
    scheme: scheme ?? known.scheme,
    ...(known.signedUrl !== undefined && { signedUrl: known.signedUrl }),
  };
}

function show(reply: Reply, { json }: Options): void {
  console.log(
    json
      ? asJson({ status: reply.status, body: reply.json })
      : `${reply.status} ${sanitize(reply.body, "\n\t")}`,
  );
}

async function send(options: Options): Promise<void> {
  const to = await destination(options);
  if (!schemeOf(to.scheme)) {
    const known = Object.keys(schemes);
    const name = schemeName(to.scheme);
    throw new UsageError(
      `There is no scheme ${name}.${didYouMean(name, known)} Give --scheme: ${listed(known, "docs/providers.md")}.`,
    );
  }
  const body = read(options.file);
  for (let sent = 0; sent < options.count; sent += 1) {
    const reply = await postSigned({ ...to, body, id: options.id, type: options.type });
    show(reply, options);
    if (reply.status >= 300) process.exitCode = 1;
  }
}

/** `webhooks send` */
export function sendCommand(): Command {
  return new Command("send")
    .description(
      "Signs a file as a provider would and posts it, to the running local stack or to any address.",
    )
    .requiredOption("--provider <name>", "provider of the stack, such as stripe")
    .requiredOption("--file <path>", "the payload")
    .option("--url <address>", "where to, instead of the running stack")
    .option(
      "--secret-file <path>",
      "holds what to sign with, instead of the running stack's secret; - reads it from stdin",
    )
    .option(
      "--secret <text>",
      "the same on the command line, where the history and the list of processes keep it",
    )
    .option("--scheme <id>", "how to sign, where it is not the provider's name")
    .option("--id <id>", "event id, for schemes that carry it in a header")
    .option("--type <type>", "event type, for schemes that carry it in a header")
    .option("--count <n>", "how often; the same webhook again is a duplicate", positive, 1)
    .option("--json", "one line of JSON per answer")
    .addHelpText(
      "after",
      `
Examples:
  webhooks send --provider stripe --file tests/fixtures/payloads/stripe-invoice-paid.json
  webhooks send --provider github --type push --file push.json --url https://.../v1/webhook/github --secret-file - < secret

Exit code 0 where every answer was 2xx, else 1.`,
    )
    .action(send);
}
