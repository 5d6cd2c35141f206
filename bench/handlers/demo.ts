import { join } from "node:path";
import { run } from "../../local/install/run";

/** Seconds that `npm run demo` takes in a copy of the project. */
export async function timeDemo(folder: string): Promise<number> {
  const startedAt = performance.now();
  await run(join(folder, "node_modules/.bin/tsx"), ["--no-cache", join(folder, "local/demo.ts"), "--json"]);
  return (performance.now() - startedAt) / 1_000;
}
