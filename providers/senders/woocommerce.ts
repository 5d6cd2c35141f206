import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { onlyProperty, textAnswer, unprovedChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks",
  where: "WooCommerce > Settings > Advanced > Webhooks > Add webhook",
  secret: "the text in Secret",
  notes:
    "Choose a secret of letters and digits: WooCommerce decodes HTML entities in it before it signs. More than five failures in a row disable the webhook.",
};

/** Answers WooCommerce's form `webhook_id=<n>`, which must get exactly 200. */
const webhookIdPing = unprovedChallenge("POST", ({ payload }) => {
  const id = onlyProperty(payload, "webhook_id");
  return id !== undefined && /^\d{1,20}$/.test(id) ? textAnswer("") : undefined;
});

export default bodyHmac({
  id: "woocommerce",
  name: "WooCommerce",
  confidence: "official",
  header: "X-WC-Webhook-Signature",
  encoding: "base64",
  handshakes: [webhookIdPing],
  contentTypes: ["application/json"],
  event: {
    deliveryId: "X-WC-Webhook-Delivery-ID",
    type: header("X-WC-Webhook-Topic"),
    entity: header("X-WC-Webhook-Source"),
  },
});

export const sample: Sample = {
  headers: { "X-WC-Webhook-Topic": "order.created", "X-WC-Webhook-Source": "https://shop.example/" },
  body: { id: 1 },
  event: { type: "order.created", entity: "https://shop.example/" },
};
