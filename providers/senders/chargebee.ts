import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { basicAuth } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
  where: "Settings > Configure Chargebee > API Keys and Webhooks > Webhooks, with basic authentication",
  secret: "user name and password as user:password",
};

export default basicAuth({
  id: "chargebee",
  name: "Chargebee",
  event: {
    id: "id",
    type: "event_type",
    time: { s: "occurred_at" },
    entity: ["content.customer.id", "content.subscription.id"],
  },
});

export const sample: Sample = {
  body: { id: "ev_1", event_type: "card_updated", occurred_at: NOON_S, content: { customer: { id: "c1" } } },
  event: { id: "ev_1", type: "card_updated", entity: "c1", time: NOON },
};
