import { Command } from "commander";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { pc } from "../local/colours";
import { z } from "zod";
import { ACCOUNT_ID, REGION } from "../local/emulator";
import { stackProvider } from "../cli/stack";
import type { StackDescription } from "../local/stack";
import { STACK_FILE } from "../local/stack-file";
import { actionsOn } from "./actions";
import { samplesFor } from "./samples";
import { startConsole, USUAL_PORT } from "./serve";
import { inboxAt, regionOf, type InboxOutputs } from "./trace/inbox";
import type { ConsoleOptions } from "./web/app";

/** Milliseconds between two looks of a page: AWS bills reads, the emulator does not. */
const REFRESH_MS = { local: 1_500, aws: 10_000 } as const;

const outputsSchema = z.object({
  api_endpoint: z.string(),
  dynamodb_table_name: z.string(),
  s3_bucket_name: z.string(),
  sqs_queue_url: z.string(),
  dlq_url: z.string(),
  eventbridge_bus_arn: z.string(),
  event_log_group_name: z.string(),
  state_machine_arn: z.string(),
  workflow_log_group_name: z.string(),
  ingestion_function_name: z.string(),
  processing_function_name: z.string(),
  metric_namespace: z.string(),
  providers: z.array(stackProvider).default([]),
}) satisfies z.ZodType<InboxOutputs>;

/** Options of a console over a local stack, which may send, replay and redrive. */
export function localConsole({ endpoint, outputs, providers }: StackDescription): ConsoleOptions {
  const inbox = inboxAt(outputs, {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: ACCOUNT_ID, secretAccessKey: "local" },
  });
  return {
    inbox,
    name: "local inbox",
    actions: actionsOn(inbox),
    allowWrites: true,
    samples: samplesFor(outputs.api_endpoint, providers),
    refreshMs: REFRESH_MS.local,
  };
}

function deployedConsole(name: string, json: string, allowWrites: boolean): ConsoleOptions {
  const parsed = outputsSchema.safeParse(JSON.parse(json));
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new Error(`The outputs lack ${missing}. Deploy the stack with this version first.`);
  }
  const inbox = inboxAt(parsed.data, { region: regionOf(parsed.data) });
  return { inbox, name, actions: actionsOn(inbox), allowWrites, refreshMs: REFRESH_MS.aws };
}

async function outputsOfStack(stack: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("pulumi", ["stack", "output", "--json", "--stack", stack]);
    return stdout;
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: string };
    if (code === "ENOENT") throw new Error("The Pulumi CLI is not installed; give --outputs instead.");
    throw new Error(`pulumi stack output failed: ${stderr ?? String(error)}`);
  }
}

interface Options {
  readonly stack?: string;
  readonly outputs?: string;
  readonly port?: string;
  readonly allowWrites: boolean;
}

async function optionsFor({ stack, outputs, allowWrites }: Options): Promise<ConsoleOptions> {
  if (outputs !== undefined) return deployedConsole(outputs, readFileSync(outputs, "utf8"), allowWrites);
  if (stack !== undefined) return deployedConsole(stack, await outputsOfStack(stack), allowWrites);
  if (!existsSync(STACK_FILE)) {
    throw new Error("No local stack is running. Start one with npm start, or give --stack or --outputs.");
  }
  return localConsole(JSON.parse(readFileSync(STACK_FILE, "utf8")) as StackDescription);
}

if (require.main === module) {
  new Command("npm run console --")
    .description("Shows the webhooks of an inbox in a web page on loopback.")
    .option("--stack <name>", "Pulumi stack on AWS, read with your own AWS credentials")
    .option("--outputs <file>", "the same from a file that pulumi stack output --json wrote")
    .option("--port <number>", `port on 127.0.0.1, usually ${USUAL_PORT}`)
    .option(
      "--allow-writes",
      "lets the page replay and redrive; without it a deployed stack is only read",
      false,
    )
    .action(async (given: Options) => {
      const options = await optionsFor(given);
      const { url } = await startConsole(options, given.port === undefined ? undefined : Number(given.port));
      console.log(`${pc.bold(options.name)} at ${pc.bold(url)}${options.allowWrites ? "" : ", read-only"}`);
    })
    .parseAsync()
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    });
}
