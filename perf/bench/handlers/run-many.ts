import { build } from "esbuild";
import { join } from "node:path";
import { node24Folder } from "../../../local/install/node24";
import { run } from "../../../local/install/run";
import { CACHE, ROOT } from "../../../local/paths";
import type { Cost } from "./many-calls";
import { ENVIRONMENT, PROVIDERS } from "./request";

/** Runs the ingestion function with stubbed services, in Node 24 as on AWS, with a number of calls per round. */
export async function runManyCalls(
  rounds: number,
  calls: number,
  step: (text: string) => void,
): Promise<readonly Cost[]> {
  const outfile = join(CACHE, "bench", "many-calls.js");
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["perf/bench/handlers/many-calls.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    define: { PROVIDERS: JSON.stringify(PROVIDERS) },
  });
  const node = join(await node24Folder(step), "node");
  const variables = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  const output = await run("env", [
    ...variables,
    node,
    "--expose-gc",
    outfile,
    String(rounds),
    String(calls),
  ]);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "[]") as readonly Cost[];
}
