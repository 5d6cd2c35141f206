import { check } from "k6";
import type { Options } from "k6/options";
import { checkAccepted } from "./lib/answers.ts";
import { plan } from "./lib/config.ts";
import { post, send, webhook } from "./lib/webhook.ts";

/** One webhook of every provider, and each way to be rejected. */
export const options: Options = {
  scenarios: { smoke: { executor: "per-vu-iterations", vus: 1, iterations: 1, maxDuration: "2m" } },
  thresholds: { checks: ["rate==1"] },
};

export default function smoke(): void {
  plan.senders.forEach((sender, n) => {
    const { provider } = sender;
    const message = webhook(sender, n);
    checkAccepted(send(message));
    check(post(provider, message.headers, message.body), {
      "the same once more is a duplicate": (answer) =>
        answer.status === 200 && answer.json("status") === "duplicate",
    });
    check(post(provider, message.headers, message.body.replace("{", "{ ")), {
      "a changed body is rejected": (answer) => answer.status === 401 && isProblem(answer.headers),
    });
    check(post(provider, { "Content-Type": "application/json" }, message.body), {
      "an unsigned one is rejected at the endpoint": (answer) =>
        answer.status === 400 && isProblem(answer.headers),
    });
  });
  check(post("nobody-of-this-name", {}, "{}"), {
    "an unknown provider is rejected": (answer) => answer.status === 404 && isProblem(answer.headers),
  });
}

function isProblem(headers: Readonly<Record<string, string>>): boolean {
  return (headers["Content-Type"] ?? "").startsWith("application/problem+json");
}
