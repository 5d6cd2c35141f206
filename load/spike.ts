import type { Options } from "k6/options";
import { checkTakenOrToRetry } from "./lib/answers.ts";
import { nextWebhook, steadily } from "./lib/arrivals.ts";
import { send } from "./lib/webhook.ts";

/** Sends everything at once to cold functions. The inbox may ask a provider to retry, but must not lose a webhook. */
export const options: Options = {
  scenarios: { spike: steadily() },
  thresholds: { checks: ["rate==1"] },
};

export default function spike(): void {
  checkTakenOrToRetry(send(nextWebhook()));
}
