import { body, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestampedHmac } from "../recipes/timestamped-hmac";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.withorb.com/integrations-and-exports/webhooks",
  where: "Developers > Webhooks > Add endpoint",
  secret: "the endpoint's secret",
};

export const sample: Sample = {
  body: {
    id: "o4m",
    type: "invoice.issued",
    created_at: "2026-03-01T12:00:00.000Z",
    invoice: { customer: { id: "cus1" } },
  },
  event: { id: "o4m", type: "invoice.issued", entity: "cus1", time: "2026-03-01T12:00:00.000Z" },
};

const orbSentAt = header("X-Orb-Timestamp");

/** The time has no zone and is in UTC: so the vector and the official libraries, against what the docs call ISO 8601. */
export default timestampedHmac({
  id: "orb",
  name: "Orb",
  confidence: "vector",
  header: "X-Orb-Signature",
  // While secrets are exchanged: `v1=<signature> v1=<signature>`.
  value: { form: "list", separator: " ", pair: "=", signature: "v1" },
  timestamp: { at: orbSentAt, unit: "iso-utc", window: 300 },
  content: ["v1:", orbSentAt, ":", body],
  event: {
    otherwise: everyEventHasAnIdAndATime,
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("customer.id"), path("subscription.customer.id"), path("invoice.customer.id")],
  },
});
