import { drainOneGroup } from "./drain";
import type { Bench } from "./figure";

export const name = "group";
export const title = "one group of 100 queued webhooks drains";
export const unit = "webhooks/s";
export const target = { atLeast: 20 };

export async function measure({ rounds, stack, step }: Bench): Promise<readonly number[]> {
  const values: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    step(`one group of 100, round ${round} of ${rounds}${round === 0 ? " (warm-up)" : ""}`);
    const rate = await drainOneGroup(await stack());
    if (round > 0) values.push(rate);
  }
  return values;
}
