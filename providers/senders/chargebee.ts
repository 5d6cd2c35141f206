import { path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { basicAuth } from "../recipes/shared-token";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
  where: "Settings > Configure Chargebee > API Keys and Webhooks > Webhooks, with basic authentication",
  secret: "user name and password as user:password",
};

export const sample: Sample = {
  body: {
    id: "ev_1",
    event_type: "customer_created",
    occurred_at: 1772366400,
    content: { customer: { id: "c1" } },
  },
  event: { id: "ev_1", type: "customer_created", entity: "c1", time: "2026-03-01T12:00:00.000Z" },
};

export default basicAuth({
  id: "chargebee",
  name: "Chargebee",
  confidence: "secondary",
  event: {
    otherwise: everyEventHasAnId,
    id: [path("id")],
    type: [[path("event_type")]],
    time: [{ at: path("occurred_at"), unit: "s" }],
    entity: [path("content.customer.id"), path("content.subscription.id")],
  },
});
