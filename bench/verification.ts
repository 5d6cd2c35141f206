import type { Bench } from "./figure";
import { measureVerify } from "./verify";

export const name = "verify";
export const title =
  "verifying against a bare HMAC and the senders' libraries: the worst, over what it may be at most";
export const unit = "";
export const target = { atMost: 1 };

/** One value: the comparison that is closest to its bound, or above it. */
export async function measure({ step }: Bench): Promise<readonly number[]> {
  step("verifying a body of 5 KB, pair by pair");
  const shares = (await measureVerify()).map(({ name, median, below }) => {
    step(`${name}: ${median.toFixed(2)} (below ${below})`);
    return median / below;
  });
  return [Math.max(...shares)];
}
