import exec from "k6/execution";
import type { Options } from "k6/options";
import { nextWebhook } from "./lib/arrivals.ts";
import { plan } from "./lib/config.ts";
import { send } from "./lib/webhook.ts";

const { rate, seconds } = plan.amount;

/**
 * Raises the rate steadily up to the highest requested one, until latency or errors break the limits. The runner finds
 * the last step that held. There are no thresholds: this script is meant to break the inbox.
 */
export const options: Options = {
  scenarios: {
    breakpoint: {
      executor: "ramping-arrival-rate",
      startRate: 1,
      timeUnit: "1s",
      stages: [{ target: rate, duration: `${seconds}s` }],
      preAllocatedVUs: Math.min(500, rate * 2),
      maxVUs: Math.min(2_000, rate * 10),
      gracefulStop: "30s",
    },
  },
};

export default function breakpoint(): void {
  // The rate rises linearly from 1.
  const offered = 1 + (rate - 1) * Math.min(1, exec.scenario.progress);
  send(nextWebhook(), offered);
}
