import { NOON, type Sample, type Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.mux.com",
  where: "Settings > Webhooks > Create new webhook",
  secret: "the signing secret of the webhook",
};

/** The event's id stays the same while `attempts` grows with each attempt. */
export default timestampedHmac({
  id: "mux",
  name: "Mux",
  confidence: "vector",
  header: "Mux-Signature",
  ...likeStripe("s"),
  event: { id: "id", type: "type", time: "created_at", entity: ["object.id", "data.id"] },
});

export const sample: Sample = {
  body: { id: "m1", type: "video.asset.ready", created_at: NOON, object: { id: "as1" }, attempts: [] },
  event: { id: "m1", type: "video.asset.ready", entity: "as1", time: NOON },
};
