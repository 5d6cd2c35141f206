import { body, url } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { urlBound } from "../recipes/url-bound";

export const setup: Setup = {
  docs: "https://developer.squareup.com/docs/webhooks/step3validate",
  where: "Developer Console > your app > Webhooks > Subscriptions",
  secret: "the signature key of the subscription",
};

export default urlBound({
  id: "square",
  name: "Square",
  confidence: "vector",
  header: "x-square-hmacsha256-signature",
  hash: "sha256",
  content: [url, body],
  event: {
    id: "event_id",
    type: "type",
    time: "created_at",
    entity: ["data.object.payment.order_id", "data.id", "merchant_id"],
  },
});

export const sample: Sample = {
  body: { event_id: "sq1", type: "payment.updated", created_at: NOON, merchant_id: "M1", data: { id: "p1" } },
  event: { id: "sq1", type: "payment.updated", entity: "p1", time: NOON },
};
