import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { present } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
  where: "Developer Hub > your app > Configure > Webhooks",
  secret: "the app's client secret, on Configure > Basic information",
};

/** A retry increases `delivery_attempts` in the body, and keeps the id. */
export default bodyHmac({
  id: "intercom",
  name: "Intercom",
  header: "X-Hub-Signature",
  prefix: "sha1=",
  hash: "sha1",
  handshakes: [present("HEAD")],
  event: { id: "id", type: "topic", time: { s: "created_at" }, entity: ["data.item.id", "app_id"] },
});

export const sample: Sample = {
  body: { id: "n1", topic: "conversation.user.created", created_at: NOON_S, data: { item: { id: "5" } } },
  event: { id: "n1", type: "conversation.user.created", entity: "5", time: NOON },
};
