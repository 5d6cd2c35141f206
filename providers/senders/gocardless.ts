import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://developer.gocardless.com/api-reference/#appendix-webhooks",
  where: "Developers > Create > Webhook endpoint",
  secret: "the endpoint's secret",
};

/** A body is a batch of events, which is retried as a whole. */
export default bodyHmac({
  id: "gocardless",
  name: "GoCardless",
  confidence: "vector",
  header: "Webhook-Signature",
  event: {
    hashOf: "events.*.id",
    type: [["events.*.resource_type", "events.*.action"], { text: "batch" }],
    time: "events.*.created_at",
  },
  otherwise: everyEventHasAnId,
  elements: {
    at: "events.*",
    id: "id",
    type: [["resource_type", "action"]],
    time: "created_at",
    entity: [
      "links.payment",
      "links.mandate",
      "links.subscription",
      "links.payout",
      "links.refund",
      "links.customer",
    ],
  },
});

export const sample: Sample = {
  body: { events: [{ id: "EV1", resource_type: "payments", action: "confirmed", created_at: NOON }] },
  event: { type: "payments.confirmed", time: NOON },
};
