import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { shapes, targets, type Shape, type Target } from "../../tests/support/forged";
import { hashOf, loadOurs, rejecting, timed } from "./forged-request";

/** Identifies one forged request. */
export interface Which {
  readonly scheme: string;
  /** Name of the request's shape. */
  readonly shape: string;
  /** Size of the body, in bytes. */
  readonly size: number;
}

/** Name of the plain shape, to which the others are compared: a diagnosis finds nothing in it. */
const PLAIN = "one letter";

/** Number of processes in which the requests are made, one after the other. */
const PROCESSES = 2;

/**
 * Number of times that a request is made to measure its processor time. The least counts, since other work only adds to
 * it.
 */
const TIMES = 8;

/** Costs of a request in a process that does nothing else. */
export interface Alone {
  /** Milliseconds of processor time. */
  readonly ms: number;
  /** Milliseconds of processor time that hashing its body takes, once for each secret. */
  readonly hashMs: number;
  /**
   * Peak of resident memory in megabytes, above that of a plain request of the same size. For this, requests are
   * diagnosed.
   */
  readonly mb: number;
}

/**
 * Measures requests, those of each scheme in a process of its own: in a process that has made thousands of requests,
 * collecting the garbage of others would be counted.
 * @param isDiagnosed whether `ms` includes looking for the cause of a rejection
 * @throws Error if the system cannot reset a process's peak: only Linux can
 */
export async function measureAlone<T extends Which>(
  requests: readonly T[],
  isDiagnosed: boolean,
): Promise<readonly (T & Alone)[]> {
  const schemes = [...new Set(requests.map(({ scheme }) => scheme))];
  const found: (T & Alone)[] = [];
  const work = async () => {
    for (let scheme = schemes.shift(); scheme !== undefined; scheme = schemes.shift()) {
      const own = requests.filter((one) => one.scheme === scheme);
      const costs = await inChild(own, isDiagnosed);
      found.push(...own.map((request, index) => ({ ...request, ...costs[index]! })));
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return found;
}

async function inChild(requests: readonly Which[], isDiagnosed: boolean): Promise<readonly Alone[]> {
  const which = requests.map(({ scheme, shape, size }) => ({ scheme, shape, size }));
  const child = spawn(
    process.execPath,
    [
      "--import",
      join(__dirname, "../../local/tsx.mjs"),
      __filename,
      JSON.stringify({ requests: which, isDiagnosed }),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const told = await text(child.stdout);
  try {
    return JSON.parse(told) as readonly Alone[];
  } catch (cause) {
    throw new Error(`cost of ${JSON.stringify(which)}: ${told}`, { cause });
  }
}

interface Task {
  readonly requests: readonly Which[];
  readonly isDiagnosed: boolean;
}

async function main({ requests, isDiagnosed }: Task): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const ours = loadOurs();
  const all = new Map(targets().map((target) => [target.scheme.id, target]));
  const prepare = ({ scheme, shape: name, size }: Which) => {
    const target: Target | undefined = all.get(scheme);
    const shape: Shape | undefined = shapes.find((one) => one.name === name);
    if (!target || !shape) throw new Error(`there is no ${scheme} or ${name}`);
    const request = shape.forge(target, size);
    const run = (diagnosed: boolean) => rejecting(ours, target, request, diagnosed);
    return { largest: run(true), counted: run(isDiagnosed), hash: hashOf(target, request.body).run };
  };
  const peak = async (run: () => Promise<unknown>): Promise<number> => {
    collect();
    resetPeak();
    const before = resident("VmRSS");
    await run();
    return resident("VmHWM") - before;
  };
  const least = async (run: () => unknown): Promise<number> => {
    let ms = Infinity;
    for (let time = 0; time < TIMES; time += 1) ms = Math.min(ms, await timed(run));
    return ms;
  };

  const costs: Alone[] = [];
  for (const which of requests) {
    const plain = prepare({ ...which, shape: PLAIN });
    await plain.largest();
    const usual = await peak(plain.largest);
    const { largest, counted, hash } = prepare(which);
    const mb = (await peak(largest)) - usual;
    costs.push({ mb, ms: await least(counted), hashMs: await least(hash) });
  }
  console.log(JSON.stringify(costs));
}

/**
 * Resets the peak of the resident memory, which writing 5 does. @see
 * https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
 */
function resetPeak(): void {
  writeFileSync("/proc/self/clear_refs", "5");
}

/** Returns megabytes of this process: `VmRSS` is its resident memory, `VmHWM` the peak since {@link resetPeak}. */
function resident(field: "VmRSS" | "VmHWM"): number {
  const [, kilobytes] =
    new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/self/status has no ${field}`);
  return Number(kilobytes) / 1024;
}

if (require.main === module) void main(JSON.parse(process.argv[2] ?? "") as Task);
