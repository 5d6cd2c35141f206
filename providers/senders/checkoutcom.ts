import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://www.checkout.com/docs/developer-resources/event-notifications/receive-webhooks",
  where: "Dashboard > Developers > Webhooks > New webhook",
  secret: "the signature key of the webhook",
};

export default bodyHmac({
  id: "checkoutcom",
  name: "Checkout.com",
  header: "Cko-Signature",
  event: { id: "id", type: "type", time: "created_on", entity: "data.id" },
});

export const sample: Sample = {
  body: { id: "evt_1", type: "payment_approved", created_on: NOON, data: { id: "pay_1" } },
  event: { id: "evt_1", type: "payment_approved", entity: "pay_1", time: NOON },
};
