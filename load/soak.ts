import type { Options } from "k6/options";
import { checkAccepted } from "./lib/answers.ts";
import { nextWebhook, steadily } from "./lib/arrivals.ts";
import { send } from "./lib/webhook.ts";

/** Sends at a steady rate that the inbox can sustain, for long: nothing may be rejected, and nothing may pile up. */
export const options: Options = {
  scenarios: { soak: steadily() },
  thresholds: { checks: ["rate==1"], dropped_iterations: ["count==0"] },
};

export default function soak(): void {
  checkAccepted(send(nextWebhook()));
}
