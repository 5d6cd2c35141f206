import type { Setup } from "../engine/sender";
import { standardSample, standardWebhooks } from "../recipes/standard-webhooks";

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

export const sample = standardSample;
