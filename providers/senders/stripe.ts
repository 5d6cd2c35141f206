import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.stripe.com/webhooks/signature",
  where: "Workbench > Webhooks > Add destination",
  secret: "the signing secret of the destination (whsec_...)",
};

/**
 * The whole secret is the key, `whsec_` included; it is not base64 here. Stripe's own library has no bound for times
 * ahead of the clock; a captured request could wait behind it.
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
    // Thin events (`v2.core.event`) have a text here.
    time: [{ s: "created" }, "created"],
    // Of a customer itself, the object's id is the customer's.
    entity: ["data.object.customer", "data.object.id", "related_object.id"],
  },
});

export const sample: Sample = {
  body: { id: "evt_1", type: "invoice.paid", created: NOON_S, data: { object: { customer: "cus_1" } } },
  event: { id: "evt_1", type: "invoice.paid", entity: "cus_1", time: NOON },
};
