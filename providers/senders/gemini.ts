import type { Sample, Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://ai.google.dev/gemini-api/docs/webhooks",
  where: "the webhooks of the Gemini API",
  secret: "the signing secret of the webhook",
};

/** For static webhooks. Those that are named in a request are signed with Google's rotating keys instead. */
export default standardWebhooks({
  id: "gemini",
  name: "Google Gemini (static webhooks)",
  prefixes: ["webhook"],
  event: { entity: "data.id" },
});

export const sample: Sample = {
  headers: { "webhook-id": "w1" },
  body: { type: "batch.succeeded", data: { id: "b1" } },
  event: { id: "w1", type: "batch.succeeded", entity: "b1" },
};
