import exec from "k6/execution";
import type { Options } from "k6/options";
import { checkTakenOrToRetry } from "./lib/answers.ts";
import { plan } from "./lib/config.ts";
import { send, webhook } from "./lib/webhook.ts";

const { rate, seconds } = plan.amount;

/** Nothing, then everything at once: the functions are cold. A provider may be asked to retry, and nothing may be lost. */
export const options: Options = {
  scenarios: {
    spike: {
      executor: "constant-arrival-rate",
      rate,
      timeUnit: "1s",
      duration: `${seconds}s`,
      preAllocatedVUs: Math.min(500, rate * 2),
      maxVUs: Math.min(2_000, rate * 10),
    },
  },
  thresholds: { checks: ["rate==1"] },
};

export default function spike(): void {
  const n = exec.scenario.iterationInTest;
  const sender = plan.senders[n % plan.senders.length];
  if (sender) checkTakenOrToRetry(send(webhook(sender, n)));
}
