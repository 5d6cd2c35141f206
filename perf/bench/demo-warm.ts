import { ROOT } from "../../local/paths";
import type { Bench } from "./figure";
import { timeDemo } from "./handlers/run-program";

export const name = "demo-warm";
export const title = "npm run demo, from the command to its verdict";
export const unit = "s";

export async function measure({ rounds, step }: Bench): Promise<readonly number[]> {
  const values: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    step(`demo, round ${round} of ${rounds}`);
    const seconds = await timeDemo(ROOT);
    if (round > 0) values.push(seconds);
  }
  return values;
}
