import { ROOT } from "../../local/paths";
import type { Bench } from "./figure";
import { runProgram } from "./handlers/run-program";

export const name = "deployment";
export const title = "the whole program is deployed to the local AWS, in process";
export const unit = "s";

export async function measure({ rounds, step }: Bench): Promise<readonly number[]> {
  const values: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    step(`deploying, round ${round} of ${rounds}`);
    const output = await runProgram(ROOT, "perf/bench/handlers/deploy-once.ts");
    if (round > 0) values.push(Number(output.trim().split("\n").at(-1)) / 1_000);
  }
  return values;
}
