import { path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://developer.gocardless.com/api-reference/#appendix-webhooks",
  where: "Developers > Create > Webhook endpoint",
  secret: "the endpoint's secret",
};

export const sample: Sample = {
  body: {
    events: [
      { id: "EV1", resource_type: "payments", action: "confirmed", created_at: "2026-03-01T12:00:00.000Z" },
    ],
  },
  event: { type: "payments.confirmed", time: "2026-03-01T12:00:00.000Z" },
};

/** A body is a batch, sent again as a whole. */
export default bodyHmac({
  id: "gocardless",
  name: "GoCardless",
  confidence: "vector",
  header: "Webhook-Signature",
  event: {
    otherwise: everyEventHasAnId,
    hashOf: [path("events.*.id")],
    type: [[path("events.*.resource_type"), ".", path("events.*.action")], ["batch"]],
    time: [{ at: path("events.*.created_at"), unit: "iso" }],
  },
  elements: {
    at: [path("events.*")],
    id: [[path("id")]],
    type: [[path("resource_type"), path("action")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: ["payment", "mandate", "subscription", "payout", "refund", "customer"].map((name) =>
      path(`links.${name}`),
    ),
  },
});
