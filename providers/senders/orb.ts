import { body, header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.withorb.com/integrations-and-exports/webhooks",
  where: "Developers > Webhooks > Add endpoint",
  secret: "the endpoint's secret",
};

/**
 * The time has no zone and is in UTC, according to the vector and the official libraries. The docs call it ISO 8601.
 */
export default timestampedHmac({
  id: "orb",
  name: "Orb",
  confidence: "vector",
  header: "X-Orb-Signature",
  // While secrets are exchanged, the header is `v1=<signature> v1=<signature>`.
  list: { signature: "v1", separator: " " },
  timestamp: { "iso-utc": header("X-Orb-Timestamp") },
  content: ["v1:", timestamp, ":", body],
  event: {
    id: "id",
    type: "type",
    time: "created_at",
    entity: ["customer.id", "subscription.customer.id", "invoice.customer.id"],
  },
});

export const sample: Sample = {
  body: { id: "o4m", type: "invoice.issued", created_at: NOON, invoice: { customer: { id: "cus1" } } },
  event: { id: "o4m", type: "invoice.issued", entity: "cus1", time: NOON },
};
