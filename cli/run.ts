import { CommanderError, type Command } from "commander";
import { messageOf, UsageError } from "../inbox/errors";
import { pcOnStderr as pc } from "../terminal/colours";
import { INTERRUPTED, InterruptedError } from "../terminal/interrupt";
import { asJson, sanitize } from "../terminal/output";

const EXIT = { failed: 1, usage: 2 } as const;

/**
 * Runs one command. Writes its errors to standard error, with `--json` as JSON: that option is looked for before the
 * options are parsed, since parsing them can fail. Sets the process's exit code if the command fails.
 * @param args what follows `webhooks` on the command line
 */
export async function runCommand(program: Command, args: readonly string[]): Promise<void> {
  const json = args.includes("--json");
  throwErrors(program, json);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    process.exitCode = exitCodeOf(error, json);
  }
}

/** Makes Commander throw its own errors, too, so that there is one place that sets exit codes. */
function throwErrors(command: Command, json: boolean): void {
  command.exitOverride();
  if (json) command.configureOutput({ outputError: () => undefined });
  command.commands.forEach((one) => throwErrors(one, json));
}

function exitCodeOf(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    // Prints nothing more: Commander has printed the error itself, or the requested help.
    if (error.exitCode === 0) return 0;
    if (json) console.error(asJson({ error: error.message.replace(/^error: /, "") }));
    return EXIT.usage;
  }
  const message = messageOf(error);
  console.error(json ? asJson({ error: message }) : pc.red(sanitize(message, "\n\t")));
  if (error instanceof InterruptedError) return INTERRUPTED;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
