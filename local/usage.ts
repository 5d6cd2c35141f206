import { parseArgs, type ParseArgsConfig } from "node:util";

/** Exit code for unknown arguments, as the usual command-line tools have it. */
const USAGE_ERROR = 2;

/**
 * Reads the options of a command. If one is unknown, prints what is wrong and the help, and exits with 2.
 * @param help the command's help; --help and -h print it
 */
export function optionsOf<T extends NonNullable<ParseArgsConfig["options"]>>(options: T, help: string) {
  const all = { ...options, help: { type: "boolean", short: "h" } } as T & {
    help: { type: "boolean"; short: "h" };
  };
  try {
    const { values } = parseArgs({ options: all });
    if (!(values as { help?: boolean }).help) return values;
    process.stdout.write(help);
    return process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    return process.exit(USAGE_ERROR);
  }
}
