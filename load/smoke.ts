import { check } from "k6";
import type { Options } from "k6/options";
import { checkAccepted } from "./lib/answers.ts";
import { plan } from "./lib/config.ts";
import { post, send, webhook, type Webhook } from "./lib/webhook.ts";
import type { Sender } from "./runner/plan";

/** Sends one webhook of every provider, and each kind of request that must be rejected. */
export const options: Options = {
  scenarios: { smoke: { executor: "per-vu-iterations", vus: 1, iterations: 1, maxDuration: "2m" } },
  thresholds: { checks: ["rate==1"] },
};

export default function smoke(): void {
  plan.senders.forEach((sender, n) => {
    const { provider } = sender;
    const message = webhook(sender, n);
    checkAccepted(send(message));
    if (isIdentified(sender.scheme)) {
      check(post(provider, message.headers, message.body, message.query), {
        "the same once more is a duplicate": (answer) =>
          answer.status === 200 && answer.json("status") === "duplicate",
      });
    }
    check(forged(sender, message), {
      "a forged one is rejected": (answer) => answer.status === 401 && isProblem(answer.headers),
    });
    // Expect 400 if a required header is missing; a token in the URL is not a header, so its absence gives 401.
    const unsigned = message.query === "" ? 400 : 401;
    check(post(provider, { "Content-Type": "application/json" }, message.body), {
      "an unsigned one is rejected": (answer) => answer.status === unsigned && isProblem(answer.headers),
    });
  });
  check(post("nobody-of-this-name", {}, "{}"), {
    "an unknown provider is rejected": (answer) => answer.status === 404 && isProblem(answer.headers),
  });
}

/** Returns whether the inbox recognizes a second request with the same content as a duplicate. */
function isIdentified({ event }: Sender["scheme"]): boolean {
  return event.id.length > 0 || event.deliveryId !== undefined || event.otherwise.by !== "request";
}

/** Posts the webhook with a changed body, or with another secret if the secret itself is the proof. */
function forged(sender: Sender, { headers, body, query }: Webhook): ReturnType<typeof post> {
  const { provider, scheme } = sender;
  if (scheme.verify.kind === "hmac") return post(provider, headers, body.replace("{", "{ "), query);
  const other = webhook({ ...sender, secret: `not:${sender.secret}` }, 0);
  return post(provider, other.headers, body, other.query);
}

function isProblem(headers: Readonly<Record<string, string>>): boolean {
  return (headers["Content-Type"] ?? "").startsWith("application/problem+json");
}
