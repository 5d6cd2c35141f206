import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://clerk.com/docs/integrations/webhooks/overview",
  where: "Dashboard > Configure > Webhooks > Add Endpoint",
  secret: "the signing secret of the endpoint",
};

export default standardWebhooks({
  id: "clerk",
  name: "Clerk",
  prefixes: ["svix"],
  event: { time: { ms: "timestamp" }, entity: ["data.user_id", "data.id"] },
});

export const sample: Sample = {
  headers: { "svix-id": "msg_1" },
  body: { type: "user.created", timestamp: NOON_MS, data: { id: "user_1" } },
  event: { id: "msg_1", type: "user.created", entity: "user_1", time: NOON },
};
