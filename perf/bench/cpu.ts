import type { Bench } from "./figure";
import { runManyCalls } from "./handlers/run-many";

const CALLS = 2_000;

export const name = "cpu";
export const title = "CPU of the ingestion function per 5 KB webhook, services stubbed";
export const unit = "ms";

export async function measure({ rounds, step }: Bench): Promise<readonly number[]> {
  return (await runManyCalls(rounds, CALLS, step)).map(({ cpuMs }) => cpuMs);
}
