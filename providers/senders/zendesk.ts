import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
  where: "Admin Center > Apps and integrations > Webhooks > Create webhook",
  secret: "the signing secret on the webhook's page",
  notes:
    "Test requests of a webhook that is not saved yet are signed with a secret that everybody knows; they are rejected.",
};

export default timestampedHmac({
  id: "zendesk",
  name: "Zendesk",
  confidence: "official",
  header: "X-Zendesk-Webhook-Signature",
  encoding: "base64",
  timestamp: { iso: header("X-Zendesk-Webhook-Signature-Timestamp") },
  event: { id: "id", type: "type", time: "time", entity: ["detail.id", "account_id"] },
});

export const sample: Sample = {
  body: { id: "01H", type: "zen:event-type:ticket.created", time: NOON, detail: { id: "35436" } },
  event: { id: "01H", type: "zen:event-type:ticket.created", entity: "35436", time: NOON },
};
