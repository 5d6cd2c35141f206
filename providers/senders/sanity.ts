import type { Sample, Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://www.sanity.io/docs/webhooks",
  where: "sanity.io/manage > your project > API > Webhooks",
  secret: "the text that you enter as Secret",
};

/** Sanity's toolkit does not check the time. A window prevents that a captured request can be sent again for ever. */
export default timestampedHmac({
  id: "sanity",
  name: "Sanity",
  confidence: "vector",
  header: "sanity-webhook-signature",
  encoding: "base64url",
  ...likeStripe("ms"),
  event: { deliveryId: "idempotency-key", type: "_type", entity: "_id" },
  otherwise: {
    by: "body-and-time",
    because: "The header is always there; a projection can give the same body for every change.",
  },
});

export const sample: Sample = {
  body: { _id: "resume", _type: "page" },
  event: { type: "page", entity: "resume" },
};
