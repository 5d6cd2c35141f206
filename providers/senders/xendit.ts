import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://docs.xendit.co/docs/handling-webhooks",
  where: "Dashboard > Settings > Developers > Webhooks",
  secret: "the webhook verification token, one for the account",
};

/** The `id` of a body is that of the invoice or the payment, and not of the event. */
export default sharedToken({
  id: "xendit",
  name: "Xendit",
  at: header("X-Callback-Token"),
  event: {
    deliveryId: "webhook-id",
    otherwise: { by: "body", because: "Every body has what happened, to what, and when." },
    type: ["event", "status"],
    time: ["created", "updated"],
    entity: ["data.id", "id"],
  },
});

export const sample: Sample = {
  headers: { "webhook-id": "w1" },
  body: { event: "payment.succeeded", created: "2026-03-01T12:00:00Z", data: { id: "py-1" } },
  event: { id: "w1", type: "payment.succeeded", entity: "py-1", time: NOON },
};
