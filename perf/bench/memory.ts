import type { Bench } from "./figure";
import { runManyCalls } from "./handlers/run-many";

const CALLS = 25_000;
const ROUNDS = 4;
const MEGABYTE = 1_048_576;

export const name = "memory";
export const title = "growth of the ingestion function's heap over 100,000 webhooks";
export const unit = "MB";
/** Tolerates the noise of the garbage collector; a leak of 11 bytes per webhook would exceed this. */
export const target = { atMost: 1 };

/** Measures one value, whatever the number of rounds: what matters is the length of the run. */
export async function measure({ step }: Bench): Promise<readonly number[]> {
  const costs = await runManyCalls(ROUNDS + 1, CALLS, step);
  const [first, last] = [costs.at(0), costs.at(-1)];
  if (!first || !last) throw new Error("nothing was measured");
  return [(last.heapBytes - first.heapBytes) / MEGABYTE];
}
