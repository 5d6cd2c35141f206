import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://www.aftership.com/docs/tracking/webhook/webhook-signature",
  where: "Settings > Notifications > Webhooks",
  secret: "the webhook secret shown there",
};

export default bodyHmac({
  id: "aftership",
  name: "AfterShip Tracking",
  header: "aftership-hmac-sha256",
  encoding: "base64",
  event: { id: "event_id", type: "event", time: { s: "ts" }, entity: "msg.id" },
});

export const sample: Sample = {
  body: { event_id: "d1", event: "tracking_update", ts: NOON_S, msg: { id: "t1" } },
  event: { id: "d1", type: "tracking_update", entity: "t1", time: NOON },
};
