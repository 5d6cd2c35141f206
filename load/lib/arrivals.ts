import exec from "k6/execution";
import type { Scenario } from "k6/options";
import { plan } from "./config.ts";
import { webhook, type Webhook } from "./webhook.ts";

/** Returns a scenario with a constant number of iterations per second and virtual users to spare for slow answers. */
export function steadily(): Scenario {
  const { rate, seconds } = plan.amount;
  return {
    executor: "constant-arrival-rate",
    rate,
    timeUnit: "1s",
    duration: `${seconds}s`,
    preAllocatedVUs: Math.min(500, rate * 2),
    maxVUs: Math.min(2_000, rate * 10),
  };
}

/** Returns the webhook of this iteration: providers take turns. */
export function nextWebhook(): Webhook {
  const n = exec.scenario.iterationInTest;
  const sender = plan.senders[n % plan.senders.length];
  if (!sender) throw new Error("no provider is configured");
  return webhook(sender, n);
}
