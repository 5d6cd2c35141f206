import type { Bench } from "./figure";
import { compareHandlers, LATENCIES } from "./handlers/compare";

export const name = "ingest-overhead";
export const title = "ingestion function above its slowest single call";
export const unit = "ms";

export async function measure(bench: Bench): Promise<readonly number[]> {
  const slowest = Math.max(...Object.values(LATENCIES as unknown as Record<string, number>));
  return (await compareHandlers(bench)).map(({ own }) => own - slowest);
}
