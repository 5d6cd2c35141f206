import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://www.checkout.com/docs/developer-resources/event-notifications/receive-webhooks",
  where: "Dashboard > Developers > Webhooks > New webhook",
  secret: "the signature key of the webhook",
};

export const sample: Sample = {
  body: {
    id: "evt_1",
    type: "payment_approved",
    created_on: "2026-03-01T12:00:00.000Z",
    data: { id: "pay_1" },
  },
  event: { id: "evt_1", type: "payment_approved", entity: "pay_1", time: "2026-03-01T12:00:00.000Z" },
};

export default bodyHmac({
  id: "checkoutcom",
  name: "Checkout.com",
  header: "Cko-Signature",
  event: { id: "id", type: "type", time: "created_on", entity: "data.id" },
});
