import { body, header } from "../engine/references";
import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.customer.io/integrations/api/webhooks/",
  where: "Data & Integrations > Integrations > Reporting webhooks",
  secret: "the webhook signing key",
};

/** Uses Slack's signature scheme, without Slack's prefix in the header. */
export default timestampedHmac({
  id: "customerio",
  name: "Customer.io reporting",
  header: "X-CIO-Signature",
  timestamp: { s: header("X-CIO-Timestamp") },
  content: ["v0:", timestamp, ":", body],
  event: {
    id: "event_id",
    type: [["object_type", "metric"]],
    time: { s: "timestamp" },
    entity: ["data.identifiers.id", "data.customer_id"],
  },
});

export const sample: Sample = {
  body: {
    event_id: "01E",
    object_type: "email",
    metric: "sent",
    timestamp: NOON_S,
    data: { customer_id: "42" },
  },
  event: { id: "01E", type: "email.sent", entity: "42", time: NOON },
};
