import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.uber.com/docs/eats/guides/webhooks",
  where: "Developer Dashboard > your app > Webhooks",
  secret: "the app's client secret",
};

export default bodyHmac({
  id: "uber",
  name: "Uber Eats",
  header: "X-Uber-Signature",
  success: 200,
  event: { id: "event_id", type: "event_type", time: { s: "event_time" }, entity: "meta.resource_id" },
});

export const sample: Sample = {
  body: { event_id: "c4d2", event_type: "orders.failure", event_time: NOON_S, meta: { resource_id: "r1" } },
  event: { id: "c4d2", type: "orders.failure", entity: "r1", time: NOON },
};
