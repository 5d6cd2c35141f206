import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.getrecharge.com/docs/webhooks-overview",
  where: "POST /webhooks of the API",
  secret: "the API client secret",
};

/** The older `X-Recharge-Hmac-Sha256`, a plain hash with the secret in front, is ignored. */
export default timestampedHmac({
  id: "recharge",
  name: "Recharge",
  header: "X-Recharge-Webhook-Signature",
  // Accept for two days, as long as Recharge retries.
  ...likeStripe("s", 172_800),
  success: 200,
  event: {
    type: header("X-Recharge-Topic"),
    entity: ["subscription.customer_id", "charge.customer.id", "customer.id"],
  },
  otherwise: { by: "body-and-time", because: "A body is the object as it is; nothing names the event." },
});

export const sample: Sample = {
  headers: { "X-Recharge-Topic": "charge/paid" },
  body: { charge: { customer: { id: 37657002 } } },
  event: { type: "charge/paid", entity: "37657002" },
};
