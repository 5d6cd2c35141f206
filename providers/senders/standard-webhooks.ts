import type { Sample, Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://www.standardwebhooks.com",
  where: "the provider's page for webhook endpoints",
  secret: "the endpoint's secret (whsec_...)",
};

export const sample: Sample = {
  headers: { "webhook-id": "msg_1" },
  body: { type: "contact.created", timestamp: "2026-03-01T12:00:00.000Z" },
  event: { id: "msg_1", type: "contact.created", time: "2026-03-01T12:00:00.000Z" },
};

export default standardWebhooks({
  id: "standard-webhooks",
  name: "Standard Webhooks",
  confidence: "vector",
  prefixes: ["webhook"],
});
