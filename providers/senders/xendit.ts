import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://docs.xendit.co/docs/handling-webhooks",
  where: "Dashboard > Settings > Developers > Webhooks",
  secret: "the webhook verification token, one for the account",
};

/** The body's `id` is the invoice's or the payment's, not the event's. */
export default sharedToken({
  id: "xendit",
  name: "Xendit",
  at: header("X-Callback-Token"),
  event: {
    deliveryId: "webhook-id",
    type: ["event", "status"],
    time: ["created", "updated"],
    entity: ["data.id", "id"],
  },
  otherwise: { by: "body", because: "Every body has what happened, to what, and when." },
});

export const sample: Sample = {
  headers: { "webhook-id": "w1" },
  body: { event: "payment.succeeded", created: NOON, data: { id: "py-1" } },
  event: { id: "w1", type: "payment.succeeded", entity: "py-1", time: NOON },
};
