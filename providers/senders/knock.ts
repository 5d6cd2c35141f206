import { NOON, type Sample, type Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.knock.app/developer-tools/outbound-webhooks/overview",
  where: "Developers > Webhooks > Create webhook",
  secret: "the signing key of the webhook",
};

export default timestampedHmac({
  id: "knock",
  name: "Knock",
  header: "x-knock-signature",
  encoding: "base64",
  ...likeStripe("ms", 300, "s"),
  event: { id: "id", type: "type", time: "created_at", entity: ["data.recipient", "data.id"] },
});

export const sample: Sample = {
  body: { id: "k1", type: "message.sent", created_at: NOON, data: { id: "d1" } },
  event: { id: "k1", type: "message.sent", entity: "d1", time: NOON },
};
