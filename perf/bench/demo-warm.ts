import { ROOT } from "../../local/paths";
import type { Bench } from "./figure";
import { counted } from "./rounds";
import { timeDemo } from "./handlers/run-program";

export const name = "demo-warm";
export const title = "npm run demo, from the command to its verdict";
export const unit = "s";

export async function measure({ rounds, step }: Bench): Promise<readonly number[]> {
  return counted(rounds, (round) => {
    step(`demo, round ${round} of ${rounds}`);
    return timeDemo(ROOT);
  });
}
