import { Command, CommanderError } from "commander";
import { pc } from "../terminal/colours";
import { connect, connectLocal } from "../inbox/connect";
import { portOwner } from "../local/port-owner";
import { runningStack, type StackDescription } from "../inbox/local-stack";
import { operationsOn } from "../inbox/operations/one-webhook";
import { samplesFor } from "./samples";
import { startConsole, USUAL_PORT } from "./serve";
import type { ConsoleOptions } from "./web/site";

/** Milliseconds between two refreshes of a page: AWS bills reads, the emulator does not. */
const REFRESH_MS = { local: 1_000, aws: 10_000 } as const;

/** Returns the options of a console for a local stack, which may send, replay and redrive. */
export function localConsole(stack: StackDescription): ConsoleOptions {
  const inbox = connectLocal(stack);
  return {
    inbox,
    name: "local inbox",
    operations: operationsOn(inbox),
    allowWrites: true,
    samples: samplesFor(inbox.outputs.api_endpoint, stack.providers),
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
    const inbox = await connect(options);
    const { allowWrites } = options;
    return { inbox, name, operations: operationsOn(inbox), allowWrites, refreshMs: REFRESH_MS.aws };
  }
  const stack = runningStack();
  if (!stack) {
    throw new Error("No local stack is running. Start one with npm start, or give --stack or --outputs.");
  }
  return localConsole(stack);
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
      const port = given.port === undefined ? undefined : Number(given.port);
      const { url, address } = await startConsole(options, port);
      if (port === undefined && !url.endsWith(`:${USUAL_PORT}`)) {
        const owner = await portOwner(USUAL_PORT);
        console.error(`Port ${USUAL_PORT} is taken${owner === undefined ? "" : ` by ${owner}`}.`);
      }
      console.log(
        `${pc.bold(options.name)} at ${pc.bold(address)}${options.allowWrites ? "" : ", read-only"}`,
      );
    })
    .exitOverride()
    .parseAsync()
    .catch((error: unknown) => {
      // Only sets the exit code: Commander has printed the error, or the help.
      if (error instanceof CommanderError) {
        process.exitCode = error.exitCode === 0 ? 0 : 2;
        return;
      }
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    });
}
