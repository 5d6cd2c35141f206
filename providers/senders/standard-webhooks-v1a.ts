import type { Setup } from "../engine/sender";
import { standardSample, standardWebhooksAsymmetric } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
  where: "the provider's page for webhook endpoints",
  secret: "the public key (whpk_...)",
};

/** Asymmetric signatures of Standard Webhooks. Only the configured public keys are trusted. */
export default standardWebhooksAsymmetric({
  id: "standard-webhooks-v1a",
  name: "Standard Webhooks, asymmetric (v1a)",
  confidence: "vector",
  prefixes: ["webhook"],
});

export const sample = standardSample;
