import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://razorpay.com/docs/webhooks/validate-test/",
  where: "Account & Settings > Webhooks > Add New Webhook",
  secret: "the text that you enter as Secret",
};

export default bodyHmac({
  id: "razorpay",
  name: "Razorpay",
  confidence: "vector",
  header: "X-Razorpay-Signature",
  event: {
    deliveryId: "x-razorpay-event-id",
    type: "event",
    time: { s: "created_at" },
    entity: ["payload.payment.entity.order_id", "account_id"],
  },
});

export const sample: Sample = {
  body: { event: "payment.failed", created_at: NOON_S, payload: { payment: { entity: { order_id: "o1" } } } },
  event: { type: "payment.failed", entity: "o1", time: NOON },
};
