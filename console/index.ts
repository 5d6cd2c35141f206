import { Command } from "commander";
import { existsSync, readFileSync } from "node:fs";
import { pc } from "../local/colours";
import { ACCOUNT_ID, REGION } from "../local/emulator";
import { findStack } from "../cli/stack";
import type { StackDescription } from "../local/stack";
import { STACK_FILE } from "../local/stack-file";
import { actionsOn } from "./actions";
import { samplesFor } from "./samples";
import { startConsole, USUAL_PORT } from "./serve";
import { inboxAt } from "./trace/inbox";
import type { ConsoleOptions } from "./web/app";

/** Milliseconds between two looks of a page: AWS bills reads, the emulator does not. */
const REFRESH_MS = { local: 1_000, aws: 10_000 } as const;

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

interface Options {
  readonly stack?: string;
  readonly outputs?: string;
  readonly port?: string;
  readonly allowWrites: boolean;
}

async function optionsFor(options: Options): Promise<ConsoleOptions> {
  const name = options.outputs ?? options.stack;
  if (name !== undefined) {
    const { inbox } = await findStack(options);
    const { allowWrites } = options;
    return { inbox, name, actions: actionsOn(inbox), allowWrites, refreshMs: REFRESH_MS.aws };
  }
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
      "lets the page replay, redrive and release; without it a deployed stack is only read",
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
