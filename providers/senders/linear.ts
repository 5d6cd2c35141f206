import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://linear.app/developers/webhooks",
  where: "Settings > API > New webhook",
  secret: "the signing secret on the webhook's page",
};

/** The body has the time of sending, which differs between attempts, so a hash of the body cannot be the id. */
export default bodyHmac({
  id: "linear",
  name: "Linear",
  confidence: "official",
  header: "Linear-Signature",
  timestamp: { ms: "webhookTimestamp" },
  window: 60,
  event: {
    hashOf: ["webhookId", "type", "action", "createdAt", "data.id"],
    deliveryId: "Linear-Delivery",
    type: [["type", "action"], "type"],
    time: "createdAt",
    entity: ["data.issueId", "data.id"],
  },
  otherwise: {
    by: "body-and-time",
    because: "A body without these values is known as it is; it holds the time of sending.",
  },
});

export const sample: Sample = {
  body: {
    action: "update",
    type: "Issue",
    createdAt: NOON,
    data: { id: "2174add1" },
    webhookId: "w1",
    webhookTimestamp: NOON_MS,
  },
  event: { type: "Issue.update", entity: "2174add1", time: NOON },
};
