import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.stripe.com/webhooks/signature",
  where: "Workbench > Webhooks > Add destination",
  secret: "the signing secret of the destination (whsec_...)",
};

/**
 * The whole secret is the key, including `whsec_`, and it is not base64. Stripe's own library accepts any time ahead of
 * the clock, so that a captured request with such a time could be sent later; the window here excludes that.
 */
export default timestampedHmac({
  id: "stripe",
  name: "Stripe",
  confidence: "vector",
  header: "Stripe-Signature",
  ...likeStripe("s"),
  event: {
    id: "id",
    type: "type",
    // Accept a text, too, which thin events (`v2.core.event`) have.
    time: [{ s: "created" }, "created"],
    // Use the object's own id for an event about a customer: it is the customer's.
    entity: ["data.object.customer", "data.object.id", "related_object.id"],
  },
});

export const sample: Sample = {
  body: { id: "evt_1", type: "invoice.paid", created: NOON_S, data: { object: { customer: "cus_1" } } },
  event: { id: "evt_1", type: "invoice.paid", entity: "cus_1", time: NOON },
};
