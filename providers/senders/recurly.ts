import { body, field } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.recurly.com/recurly-subscriptions/docs/signature-verification",
  where: "Integrations > Webhooks > New endpoint, format JSON",
  secret: "the endpoint's secret key",
};

/** The official page says milliseconds, some public receivers expect seconds. XML webhooks are not signed. */
export default timestampedHmac({
  id: "recurly",
  name: "Recurly (JSON)",
  confidence: "official",
  header: "recurly-signature",
  value: { form: "positions", separator: ",", fields: ["timestamp"] },
  timestamp: { "s-or-ms": field("timestamp") },
  content: [timestamp, ".", body],
  event: {
    deliveryId: "recurly-notification-id",
    type: [["object_type", "event_type"], "event_type"],
    time: "event_time",
    entity: ["account_code", "id"],
  },
  otherwise: { by: "body-and-time", because: "The header is always there." },
});

export const sample: Sample = {
  body: { object_type: "subscription", event_type: "renewed", event_time: NOON, account_code: "a1" },
  event: { type: "subscription.renewed", entity: "a1", time: NOON },
};
