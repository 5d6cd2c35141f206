import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://paystack.com/docs/payments/webhooks/",
  where: "Settings > API Keys & Webhooks",
  secret: "the account's secret key (sk_...)",
};

export default bodyHmac({
  id: "paystack",
  name: "Paystack",
  header: "x-paystack-signature",
  hash: "sha512",
  success: 200,
  event: { type: "event", entity: ["data.customer.customer_code", "data.reference"] },
  otherwise: {
    by: "body",
    because: "Every body has the event's name, its object's id and the times of its changes.",
  },
});

export const sample: Sample = {
  body: { event: "charge.success", data: { reference: "qTPrJoy9Bx", customer: { customer_code: "CUS_1" } } },
  event: { type: "charge.success", entity: "CUS_1" },
};
