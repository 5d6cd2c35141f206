import { NOON, type Sample, type Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://resend.com/docs/webhooks",
  where: "Webhooks > Add Webhook",
  secret: "the signing secret of the webhook",
};

export default standardWebhooks({
  id: "resend",
  name: "Resend",
  prefixes: ["svix"],
  event: { time: "created_at", entity: ["data.email_id", "data.id"] },
});

export const sample: Sample = {
  headers: { "svix-id": "msg_1" },
  body: { type: "email.sent", created_at: NOON, data: { email_id: "e1" } },
  event: { id: "msg_1", type: "email.sent", entity: "e1", time: NOON },
};
