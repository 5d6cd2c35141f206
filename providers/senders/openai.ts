import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://platform.openai.com/docs/guides/webhooks",
  where: "Settings > your project > Webhooks > Create",
  secret: "the signing secret that is shown once",
};

/** The id in the header is the webhook's, the id in the body the event's. */
export default standardWebhooks({
  id: "openai",
  name: "OpenAI",
  confidence: "vector",
  prefixes: ["webhook"],
  event: { time: { s: "created_at" }, entity: "data.id" },
});

export const sample: Sample = {
  headers: { "webhook-id": "wh_1" },
  body: { id: "evt_1", type: "response.completed", created_at: NOON_S, data: { id: "resp_123" } },
  event: { id: "wh_1", type: "response.completed", entity: "resp_123", time: NOON },
};
