import type { Options } from "k6/options";
import { checkTakenOrToRetry } from "./lib/answers.ts";
import { nextWebhook, steadily } from "./lib/arrivals.ts";
import { send } from "./lib/webhook.ts";

/** Nothing, then everything at once: the functions are cold. A provider may be asked to retry, and nothing may be lost. */
export const options: Options = {
  scenarios: { spike: steadily() },
  thresholds: { checks: ["rate==1"] },
};

export default function spike(): void {
  checkTakenOrToRetry(send(nextWebhook()));
}
