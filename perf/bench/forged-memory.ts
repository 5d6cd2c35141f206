import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { shapes, targets, type Shape, type Target } from "../../tests/support/forged";
import { asDeployed, rejecting } from "./forged-request";

/** One forged request. */
export interface Which {
  readonly scheme: string;
  /** Its name. */
  readonly shape: string;
  /** Bytes of the body. */
  readonly size: number;
}

/** Shape of the request to which the others are compared: nothing is found in it. */
const PLAIN = "one letter";

/** Processes in which the requests are made, one after the other. */
const PROCESSES = 2;

/**
 * Peak of resident memory of the requests above that of a plain one of the same size, in megabytes by scheme. Each scheme
 * has a process of its own, in which plain requests come first and then the forged.
 * @throws Error where the system cannot reset a process's peak: Linux alone can
 */
export async function measureMemory(requests: readonly Which[]): Promise<ReadonlyMap<string, number>> {
  const schemes = [...new Set(requests.map(({ scheme }) => scheme))];
  const found = new Map<string, number>();
  const work = async () => {
    for (let scheme = schemes.shift(); scheme !== undefined; scheme = schemes.shift())
      found.set(scheme, await inChild(requests.filter((one) => one.scheme === scheme)));
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return found;
}

async function inChild(requests: readonly Which[]): Promise<number> {
  const child = spawn(
    process.execPath,
    ["--import", join(__dirname, "../../local/tsx.mjs"), __filename, JSON.stringify(requests)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const told = await text(child.stdout);
  const mb = Number(told);
  if (told === "" || !Number.isFinite(mb)) throw new Error(`memory of ${JSON.stringify(requests)}: ${told}`);
  return mb;
}

async function main(requests: readonly Which[]): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const ours = asDeployed();
  const all = new Map(targets().map((target) => [target.scheme.id, target]));
  const prepare = ({ scheme, shape: name, size }: Which): (() => Promise<unknown>) => {
    const target: Target | undefined = all.get(scheme);
    const shape: Shape | undefined = shapes.find((one) => one.name === name);
    if (!target || !shape) throw new Error(`there is no ${scheme} or ${name}`);
    return rejecting(ours, target, shape.forge(target, size), true);
  };
  const forged = requests.map(prepare);
  const plain = requests.map((one) => prepare({ ...one, shape: PLAIN }));
  const peak = async (runs: readonly (() => Promise<unknown>)[]): Promise<number> => {
    let most = 0;
    for (const run of runs) {
      collect();
      resetPeak();
      const before = resident("VmRSS");
      await run();
      most = Math.max(most, resident("VmHWM") - before);
    }
    return most;
  };
  await peak(plain);
  const usual = await peak(plain);
  console.log((await peak(forged)) - usual);
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html 5 resets the peak of the resident memory */
function resetPeak(): void {
  writeFileSync("/proc/self/clear_refs", "5");
}

/** Megabytes of this process: `VmRSS` is what it has, `VmHWM` the most that it had since {@link resetPeak}. */
function resident(field: "VmRSS" | "VmHWM"): number {
  const [, kilobytes] =
    new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/self/status has no ${field}`);
  return Number(kilobytes) / 1024;
}

if (require.main === module) void main(JSON.parse(process.argv[2] ?? "[]") as readonly Which[]);
