import type { Sample, Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://replicate.com/docs/topics/webhooks/verify-webhook",
  where: "webhook of the request that starts a prediction",
  secret: "key of GET /v1/webhooks/default/secret",
};

export default standardWebhooks({
  id: "replicate",
  name: "Replicate",
  prefixes: ["webhook"],
  // Read the prediction's status, or a type, which some sources mention.
  event: { type: ["type", "status"], entity: "id" },
});

export const sample: Sample = {
  headers: { "webhook-id": "msg_1" },
  body: { id: "p1", status: "succeeded" },
  event: { id: "msg_1", type: "succeeded", entity: "p1" },
};
