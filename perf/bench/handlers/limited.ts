import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { node24Folder } from "../../../local/install/node24";
import { CACHE } from "../../../local/paths";
import type { Bench } from "../figure";
import { makeBundles } from "./bundles";
import { LATENCIES } from "./compare";
import { apiEvent, ENVIRONMENT } from "./request";

/** Share of a core that Lambda gives to 256 MB. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const SHARE = 256 / 1_769;

/** Milliseconds of a period in which the share may be used once, and between two checks of what was used. */
const PERIOD_MS = 20;
const LOOK_MS = 1;

const WARM_CALLS = 100;

/** Milliseconds measured in one environment. */
export interface Limited {
  /** Time from the beginning of loading the function to its first answer. */
  readonly cold: number;
  /** Times of the further calls, ascending. */
  readonly warm: readonly number[];
}

/** Program that loads the function and answers events one by one; it prints the times on its last line. */
const PROGRAM = `
const [bundle, file] = process.argv.slice(1);
const events = JSON.parse(require("fs").readFileSync(file, "utf8"));
const times = [];
(async () => {
  let from = performance.now();
  const module = await import(bundle);
  const handler = module.handler ?? module.default.handler;
  for (const event of events) {
    const { statusCode } = await handler(event, {});
    if (statusCode !== 202) throw new Error("answered " + statusCode);
    times.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, ${PERIOD_MS}));
    from = performance.now();
  }
  process.stdout.write("\\n" + JSON.stringify(times), () => process.exit());
})();
`;

let measured: Promise<readonly Limited[]> | undefined;

/**
 * Runs the deployed bundle in new processes of Node 24 that get as much of a core as Lambda gives, on the doubles with
 * the latencies of compare.ts. Measures once for all figures that use it. Needs Linux.
 */
export function runLimited(bench: Bench): Promise<readonly Limited[]> {
  return (measured ??= run(bench));
}

async function run({ rounds, step }: Bench): Promise<readonly Limited[]> {
  const { own } = await makeBundles();
  const node = join(await node24Folder(step), "node");
  const doubles = fork(join(__dirname, "doubles.ts"), [JSON.stringify(LATENCIES)]);
  const [port] = (await once(doubles, "message")) as [number];
  const file = join(CACHE, "bench", "events.json");
  try {
    const runs: Limited[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      step(`ingestion with ${SHARE.toFixed(3)} of a core, round ${round} of ${rounds}`);
      const events = Array.from({ length: WARM_CALLS + 1 }, (_, call) => apiEvent(`evt_${round}_${call}`));
      writeFileSync(file, JSON.stringify(events));
      const child = spawn(node, ["-e", PROGRAM, pathToFileURL(own).href, file], {
        env: { ...ENVIRONMENT, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exited = once(child, "exit");
      let output = "";
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      await limitCpu(child);
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`the function ended with ${code}: ${output.slice(0, 2_000)}`);
      const [cold = NaN, ...warm] = JSON.parse(output.trim().split("\n").at(-1) ?? "[]") as number[];
      if (round > 0) runs.push({ cold, warm: warm.sort((a, b) => a - b) });
    }
    return runs;
  } finally {
    doubles.disconnect();
  }
}

/** Stops a process for the rest of each period in which it has used up its share, as a CPU quota of the kernel does. */
async function limitCpu(child: ChildProcess): Promise<void> {
  const { pid = 0 } = child;
  let periodAt = performance.now();
  let before = usedMs(pid);
  let stopped = false;
  while (child.exitCode === null && child.signalCode === null) {
    await pause(LOOK_MS);
    if (performance.now() - periodAt >= PERIOD_MS) {
      if (stopped) child.kill("SIGCONT");
      // Counts what was used beyond the share between two checks against the next period.
      before += Math.min(PERIOD_MS * SHARE, usedMs(pid) - before);
      periodAt = performance.now();
      stopped = false;
    }
    if (stopped || usedMs(pid) - before < PERIOD_MS * SHARE) continue;
    stopped = child.kill("SIGSTOP");
  }
}

/** Returns the milliseconds that a process has run on a core, in all of its threads; 0 if it has ended. */
function usedMs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]))
      .reduce((sum, nanoseconds) => sum + nanoseconds / 1e6, 0);
  } catch {
    return 0;
  }
}
