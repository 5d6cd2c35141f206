import { CommanderError, type Command } from "commander";
import { pcOnStderr as pc } from "../terminal/colours";
import { withCompletion } from "./completion";
import { createProgram } from "./program";
import { messageOf, UsageError } from "../inbox/errors";
import { INTERRUPTED, InterruptedError } from "../terminal/interrupt";
import { asJson, sanitize } from "../terminal/output";

// Not for our users to read: the functions run on Node 24, this process is theirs.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** Known before the options are read, since reading them can be what fails. */
const JSON_WANTED = process.argv.includes("--json");

const EXIT = { failed: 1, usage: 2 } as const;

// The reader may close the pipe early: `webhooks tail | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

/** Commander's own errors are thrown too, so that there is one place that gives exit codes. */
function throwErrors(command: Command): void {
  command.exitOverride();
  if (JSON_WANTED) command.configureOutput({ outputError: () => undefined });
  command.commands.forEach(throwErrors);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong itself, or shown the help that was requested.
    if (error.exitCode === 0) return 0;
    if (JSON_WANTED) console.error(asJson({ error: error.message.replace(/^error: /, "") }));
    return EXIT.usage;
  }
  const message = messageOf(error);
  console.error(JSON_WANTED ? asJson({ error: message }) : pc.red(sanitize(message, "\n\t")));
  if (error instanceof InterruptedError) return INTERRUPTED;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

const program = withCompletion(createProgram());
throwErrors(program);
program.parseAsync().catch((error: unknown) => {
  process.exitCode = exitCodeOf(error);
});
