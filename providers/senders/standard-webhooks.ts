import { NOON, type Sample, type Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://www.standardwebhooks.com",
  where: "the provider's page for webhook endpoints",
  secret: "the endpoint's secret (whsec_...)",
};

export default standardWebhooks({
  id: "standard-webhooks",
  name: "Standard Webhooks",
  confidence: "vector",
  prefixes: ["webhook"],
});

export const sample: Sample = {
  headers: { "webhook-id": "msg_1" },
  body: { type: "contact.created", timestamp: NOON },
  event: { id: "msg_1", type: "contact.created", time: NOON },
};
