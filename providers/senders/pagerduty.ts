import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.pagerduty.com/docs/webhooks/webhook-signatures/",
  where: "Integrations > Generic Webhooks (v3) > New Webhook",
  secret: "the signing secret that is shown once",
};

/** The secret looks like base64, but its text is the key. */
export default bodyHmac({
  id: "pagerduty",
  name: "PagerDuty",
  confidence: "vector",
  header: "X-PagerDuty-Signature",
  list: { signature: "v1" },
  event: {
    id: "event.id",
    type: "event.event_type",
    time: "event.occurred_at",
    entity: ["event.data.incident.id", "event.data.id"],
  },
});

export const sample: Sample = {
  body: { event: { id: "01B", event_type: "incident.triggered", occurred_at: NOON, data: { id: "P1" } } },
  event: { id: "01B", type: "incident.triggered", entity: "P1", time: NOON },
};
