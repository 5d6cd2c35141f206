import { body, path, url } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { urlBound } from "../recipes/url-bound";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://developer.squareup.com/docs/webhooks/step3validate",
  where: "Developer Console > your app > Webhooks > Subscriptions",
  secret: "the signature key of the subscription",
};

export const sample: Sample = {
  body: {
    event_id: "sq1",
    type: "payment.updated",
    created_at: "2026-03-01T12:00:00.000Z",
    merchant_id: "M1",
    data: { id: "p1" },
  },
  event: { id: "sq1", type: "payment.updated", entity: "p1", time: "2026-03-01T12:00:00.000Z" },
};

export default urlBound({
  id: "square",
  name: "Square",
  confidence: "vector",
  header: "x-square-hmacsha256-signature",
  hash: "sha256",
  content: [url, body],
  event: {
    otherwise: everyEventHasAnId,
    id: [path("event_id")],
    type: [[path("type")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("data.object.payment.order_id"), path("data.id"), path("merchant_id")],
  },
});
