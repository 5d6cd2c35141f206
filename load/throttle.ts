import exec from "k6/execution";
import type { Options, Scenario } from "k6/options";
import { checkTakenOrThrottled } from "./lib/answers.ts";
import { plan } from "./lib/config.ts";
import { send, webhook } from "./lib/webhook.ts";

/**
 * Sends the webhooks of all providers at once, at several times the rate of their paths. The runner compares how many
 * were accepted with the token bucket.
 */
export const options: Options = {
  scenarios: Object.fromEntries(
    plan.senders.map(({ provider, limit }): [string, Scenario] => {
      const rate = Math.ceil(limit.rate * plan.amount.rate);
      const vus = Math.min(200, limit.burst + rate);
      return [
        provider,
        {
          executor: "constant-arrival-rate",
          rate,
          timeUnit: "1s",
          duration: `${plan.amount.seconds}s`,
          preAllocatedVUs: vus,
          maxVUs: 2 * vus,
        },
      ];
    }),
  ),
  thresholds: { checks: ["rate==1"] },
};

const index = new Map(plan.senders.map((sender, position) => [sender.provider, position]));

export default function throttle(): void {
  const position = index.get(exec.scenario.name) ?? 0;
  const sender = plan.senders[position];
  if (!sender) throw new Error(`no provider for the scenario ${exec.scenario.name}`);
  // Interleave the numbers: each scenario counts its iterations from zero, and the webhooks need distinct numbers.
  const n = exec.scenario.iterationInTest * plan.senders.length + position;
  checkTakenOrThrottled(send(webhook(sender, n)));
}
