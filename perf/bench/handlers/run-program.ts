import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { run } from "../../../local/install/run";

/**
 * Runs a program of a copy of the project, as the scripts of package.json do.
 * @returns its standard output
 */
export function runProgram(folder: string, file: string, ...args: readonly string[]): Promise<string> {
  const runner = pathToFileURL(join(folder, "local/tsx.mjs")).href;
  return run(process.execPath, ["--import", runner, join(folder, file), ...args]);
}

/** Returns the seconds that `npm run demo` takes in a copy of the project. */
export async function timeDemo(folder: string): Promise<number> {
  const startedAt = performance.now();
  await runProgram(folder, "local/demo.ts", "--json");
  return (performance.now() - startedAt) / 1_000;
}
