import { body, field, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.recurly.com/recurly-subscriptions/docs/signature-verification",
  where: "Integrations > Webhooks > New endpoint, format JSON",
  secret: "the endpoint's secret key",
};

export const sample: Sample = {
  body: {
    object_type: "subscription",
    event_type: "renewed",
    event_time: "2026-03-01T12:00:00.000Z",
    account_code: "a1",
  },
  event: { type: "subscription.renewed", entity: "a1", time: "2026-03-01T12:00:00.000Z" },
};

/** The official page says milliseconds, some public receivers take seconds. XML webhooks are not signed. */
export default timestampedHmac({
  id: "recurly",
  name: "Recurly (JSON)",
  confidence: "official",
  header: "recurly-signature",
  value: { form: "positions", separator: ",", fields: ["timestamp"] },
  timestamp: { at: field("timestamp"), unit: "s-or-ms", window: 300 },
  content: [field("timestamp"), ".", body],
  event: {
    otherwise: { by: "body-and-time", because: "The header is always there." },
    deliveryId: header("recurly-notification-id"),
    type: [[path("object_type"), ".", path("event_type")], [path("event_type")]],
    time: [{ at: path("event_time"), unit: "iso" }],
    entity: [path("account_code"), path("id")],
  },
});
