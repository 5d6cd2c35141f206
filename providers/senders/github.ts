import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { jsonInField } from "../recipes/json-in-field";

export const setup: Setup = {
  docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  where:
    "Settings > Webhooks > Add webhook, of a repository or an organization; content type application/json",
  secret: "the text that you enter as Secret",
  notes:
    "GitHub does not send a failed delivery again by itself: `webhooks reconcile` finds those and requests them again.",
};

/** A redelivery keeps `X-GitHub-Delivery`. Two dispatches with the same inputs have the same body and are two events. */
export default bodyHmac({
  id: "github",
  name: "GitHub",
  confidence: "vector",
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
  // Accept a form with JSON in its field `payload`, too: GitHub's settings page offers it first.
  contentTypes: ["application/json", "application/x-www-form-urlencoded"],
  unwrap: jsonInField("payload"),
  event: {
    deliveryId: "X-GitHub-Delivery",
    type: [[header("X-GitHub-Event"), "action"], header("X-GitHub-Event")],
    entity: ["repository.id", "organization.id", "installation.id"],
  },
});

export const sample: Sample = {
  headers: { "X-GitHub-Event": "pull_request" },
  body: { action: "opened", repository: { id: 1296269 } },
  event: { type: "pull_request.opened", entity: "1296269" },
};
