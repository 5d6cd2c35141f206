import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { echoQuery } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developer.nylas.com/docs/v3/notifications/webhooks/",
  where: "Dashboard > Notifications > Create webhook",
  secret: "the webhook secret that is shown once",
};

/** The signature of a compressed body is over the compressed bytes. */
export default bodyHmac({
  id: "nylas",
  name: "Nylas v3",
  header: "x-nylas-signature",
  success: 200,
  handshakes: [echoQuery("challenge")],
  event: { id: "id", type: "type", time: { s: "time" }, entity: ["data.object.grant_id", "data.grant_id"] },
});

export const sample: Sample = {
  body: { id: "n1", type: "message.created", time: NOON_S, data: { object: { grant_id: "g1" } } },
  event: { id: "n1", type: "message.created", entity: "g1", time: NOON },
};
