import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries",
  where:
    "webhook subscriptions of your app (shopify.app.toml or Admin API), or Settings > Notifications > Webhooks of a shop",
  secret: "the app's client secret, or the secret shown below the shop's webhooks",
  notes:
    "After a rotation the old client secret may sign for up to an hour: store both. The headers have to begin with `X-`; those of the Events preview (`Shopify-Hmac-Sha256`) are rejected.",
};

export default bodyHmac({
  id: "shopify",
  name: "Shopify",
  confidence: "official",
  header: "X-Shopify-Hmac-SHA256",
  encoding: "base64",
  event: {
    deliveryId: "X-Shopify-Webhook-Id",
    // Never use this id as a key: all topics of one action share it. The webhook's id is new for each delivery of a
    // subscription and kept on its retries.
    loggedIds: ["X-Shopify-Event-Id"],
    type: header("X-Shopify-Topic"),
    time: header("X-Shopify-Triggered-At"),
    entity: header("X-Shopify-Shop-Domain"),
  },
});

export const sample: Sample = {
  headers: {
    "X-Shopify-Topic": "orders/create",
    "X-Shopify-Shop-Domain": "a.myshopify.com",
    "X-Shopify-Triggered-At": NOON,
  },
  body: { id: 820982911946154500 },
  event: { type: "orders/create", entity: "a.myshopify.com", time: NOON },
};
