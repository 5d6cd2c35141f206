import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.sentry.io/integrations/integration-platform/webhooks/",
  where: "Settings > Custom integrations > your integration > Webhook URL",
  secret: "the integration's client secret",
  notes: "Sentry waits one second for the answer.",
};

export default bodyHmac({
  id: "sentry",
  name: "Sentry",
  confidence: "vector",
  header: "Sentry-Hook-Signature",
  event: {
    deliveryId: "Request-ID",
    type: [[header("Sentry-Hook-Resource"), "action"], header("Sentry-Hook-Resource")],
    time: { s: header("Sentry-Hook-Timestamp") },
    entity: ["data.issue.id", "installation.uuid"],
  },
});

export const sample: Sample = {
  headers: { "Sentry-Hook-Resource": "issue", "Sentry-Hook-Timestamp": "1772366400" },
  body: { action: "created", data: { issue: { id: "1170820242" } } },
  event: { type: "issue.created", entity: "1170820242", time: NOON },
};
