import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.cdp.coinbase.com/commerce-onchain/docs/webhooks-security",
  where: "Settings > Notifications > Webhook subscriptions",
  secret: "the webhook shared secret",
  notes:
    "Coinbase has closed Commerce in favour of the Developer Platform, whose webhooks are signed in another way: take the scheme `coinbase-cdp` for them.",
};

/** `attempt_number` in the body counts the attempts; the event's own id stays the same. */
export default bodyHmac({
  id: "coinbase-commerce",
  name: "Coinbase Commerce",
  confidence: "vector",
  header: "X-CC-Webhook-Signature",
  event: { id: "event.id", type: "event.type", time: "event.created_at", entity: "event.data.code" },
});

export const sample: Sample = {
  body: { event: { id: "e1", type: "charge:created", created_at: NOON, data: { code: "66BEOV2A" } } },
  event: { id: "e1", type: "charge:created", entity: "66BEOV2A", time: NOON },
};
