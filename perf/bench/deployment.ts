import { ROOT } from "../../local/paths";
import type { Bench } from "./figure";
import { runProgram } from "./handlers/run-program";
import { counted } from "./rounds";

export const name = "deployment";
export const title = "the whole program is deployed to the local AWS, in process";
export const unit = "s";

export async function measure({ rounds, step }: Bench): Promise<readonly number[]> {
  return counted(rounds, async (round) => {
    step(`deploying, round ${round} of ${rounds}`);
    const output = await runProgram(ROOT, "perf/bench/handlers/deploy-once.ts");
    return Number(output.trim().split("\n").at(-1)) / 1_000;
  });
}
