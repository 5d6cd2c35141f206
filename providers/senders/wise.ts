import { NOON, type Sample, type Setup } from "../engine/sender";
import { publicKey } from "../recipes/public-key";

export const setup: Setup = {
  docs: "https://docs.wise.com/api-docs/features/webhooks-notifications/event-handling",
  where: "Settings > Developer tools > Webhooks, or the API",
  secret: "Wise's public key for webhooks of production or sandbox, from its docs",
};

export default publicKey({
  id: "wise",
  name: "Wise",
  algorithm: "rsa-sha256",
  key: "spki",
  header: "X-Signature-SHA256",
  success: 200,
  event: {
    deliveryId: "X-Delivery-Id",
    type: "event_type",
    time: "data.occurred_at",
    entity: "data.resource.id",
  },
});

export const sample: Sample = {
  body: { event_type: "transfers#state-change", data: { occurred_at: NOON, resource: { id: 111 } } },
  event: { type: "transfers#state-change", entity: "111", time: NOON },
};
