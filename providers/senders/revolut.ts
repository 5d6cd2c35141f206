import { body, header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developer.revolut.com/docs/guides/merchant/monitor-and-observe/webhooks/verify-the-payload-signature",
  where: "POST /webhooks of the Merchant or Business API",
  secret: "signing_secret of its answer (wsk_...)",
};

export default timestampedHmac({
  id: "revolut",
  name: "Revolut",
  confidence: "official",
  header: "Revolut-Signature",
  list: { signature: "v1" },
  timestamp: { "s-or-ms": header("Revolut-Request-Timestamp") },
  content: ["v1.", timestamp, ".", body],
  event: { type: "event", time: "timestamp", entity: ["order_id", "data.id"] },
  otherwise: {
    by: "body-and-time",
    because: "A payment of one order can be declined several times with the same body.",
  },
});

export const sample: Sample = {
  body: { event: "ORDER_COMPLETED", timestamp: NOON, order_id: "9fc0" },
  event: { type: "ORDER_COMPLETED", entity: "9fc0", time: NOON },
};
