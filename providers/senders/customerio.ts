import { body, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestampedHmac } from "../recipes/timestamped-hmac";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.customer.io/integrations/api/webhooks/",
  where: "Data & Integrations > Integrations > Reporting webhooks",
  secret: "the webhook signing key",
};

export const sample: Sample = {
  body: {
    event_id: "01E",
    object_type: "email",
    metric: "sent",
    timestamp: 1772366400,
    data: { customer_id: "42" },
  },
  event: { id: "01E", type: "email.sent", entity: "42", time: "2026-03-01T12:00:00.000Z" },
};

const customerioSentAt = header("X-CIO-Timestamp");

/** Uses Slack's signature scheme, without Slack's prefix in the header. */
export default timestampedHmac({
  id: "customerio",
  name: "Customer.io reporting",
  confidence: "secondary",
  header: "X-CIO-Signature",
  timestamp: { at: customerioSentAt, unit: "s", window: 300 },
  content: ["v0:", customerioSentAt, ":", body],
  event: {
    otherwise: everyEventHasAnIdAndATime,
    id: [path("event_id")],
    type: [[path("object_type"), ".", path("metric")]],
    time: [{ at: path("timestamp"), unit: "s" }],
    entity: [path("data.identifiers.id"), path("data.customer_id")],
  },
});
