import exec from "k6/execution";
import type { Options } from "k6/options";
import { checkAccepted } from "./lib/answers.ts";
import { plan } from "./lib/config.ts";
import { send, webhook } from "./lib/webhook.ts";

const { rate, seconds } = plan.amount;

/** A steady rate that the inbox can hold, for long: nothing may be rejected, and nothing may pile up. */
export const options: Options = {
  scenarios: {
    soak: {
      executor: "constant-arrival-rate",
      rate,
      timeUnit: "1s",
      duration: `${seconds}s`,
      preAllocatedVUs: Math.min(500, rate * 2),
      maxVUs: Math.min(2_000, rate * 10),
    },
  },
  thresholds: { checks: ["rate==1"], dropped_iterations: ["count==0"] },
};

export default function soak(): void {
  const n = exec.scenario.iterationInTest;
  const sender = plan.senders[n % plan.senders.length];
  if (sender) checkAccepted(send(webhook(sender, n)));
}
