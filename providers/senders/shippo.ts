import type { Sample, Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.goshippo.com/docs/tracking/webhooks/",
  where: "Settings > API > Webhooks; signing is switched on by Shippo's support",
  secret: "the HMAC secret that Shippo hands out",
  notes: "Without it Shippo sends what you put into the address: describe that as a token of your own.",
};

export default timestampedHmac({
  id: "shippo",
  name: "Shippo",
  header: "Shippo-Auth-Signature",
  ...likeStripe("s"),
  event: { type: "event", entity: ["data.tracking_number", "data.object_id"] },
  otherwise: {
    by: "body-and-time",
    because: "Bodies say which state something is in, have no id, and can repeat.",
  },
});

export const sample: Sample = {
  body: { event: "track_updated", data: { tracking_number: "SHIPPO_TRANSIT" } },
  event: { type: "track_updated", entity: "SHIPPO_TRANSIT" },
};
