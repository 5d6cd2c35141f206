import { NOON, type Sample, type Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
  where: "POST /webhook_subscriptions of the API",
  secret: "signing_key of the same request",
};

export default timestampedHmac({
  id: "calendly",
  name: "Calendly",
  header: "Calendly-Webhook-Signature",
  ...likeStripe("s", 180),
  event: { type: "event", time: "created_at", entity: ["payload.event", "payload.uri"] },
  otherwise: { by: "body", because: "Every body has the time of the event in microseconds." },
});

export const sample: Sample = {
  body: { event: "invitee.created", created_at: NOON, payload: { event: "https://api.calendly.com/e/1" } },
  event: { type: "invitee.created", entity: "https://api.calendly.com/e/1", time: NOON },
};
