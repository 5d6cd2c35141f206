import { body, header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
  where: "Create Webhook of the Webhooks API, or Integrations > Developers > Webhooks",
  secret: "the secret key that you chose there",
  notes:
    "The webhook action of a flow is not signed: choose a header there, and describe it as a token of your own.",
};

const time = header("Klaviyo-Timestamp");

/** For system webhooks. The time comes after the body in the signed content, in the format of HTTP's `Date`. */
export default timestampedHmac({
  id: "klaviyo",
  name: "Klaviyo system webhooks",
  confidence: "official",
  header: "Klaviyo-Signature",
  timestamp: { "http-date": time },
  content: [body, timestamp],
  event: { type: "data.*.topic" },
  otherwise: { by: "body-and-time", because: "Bodies are batches of events that have ids of their own." },
  elements: { at: "data.*", id: "external_id", type: "topic" },
});

export const sample: Sample = {
  body: {
    data: [{ external_id: "ev1", topic: "event:klaviyo.opened_email", payload: {} }],
    meta: { timestamp: "2026-03-01T12:00:00+00:00" },
  },
  event: { type: "event:klaviyo.opened_email" },
};
