import { body, field } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developer.paddle.com/webhooks/signature-verification",
  where: "Developer Tools > Notifications > New destination",
  secret: "the secret key of the destination (pdl_ntfset_...)",
};

/**
 * Paddle's libraries accept five seconds, and genuine requests arrive later
 * (https://github.com/PaddleHQ/paddle-node-sdk/issues/30). The event's id is signed and accepted once, so the usual
 * window is no risk.
 */
export default timestampedHmac({
  id: "paddle",
  name: "Paddle Billing",
  confidence: "vector",
  header: "Paddle-Signature",
  list: { signature: "h1", separator: ";" },
  timestamp: { s: field("ts") },
  content: [timestamp, ":", body],
  success: 200,
  event: { id: "event_id", type: "event_type", time: "occurred_at", entity: ["data.customer_id", "data.id"] },
});

export const sample: Sample = {
  body: { event_id: "e1", event_type: "transaction.paid", occurred_at: NOON, data: { customer_id: "ctm_1" } },
  event: { id: "e1", type: "transaction.paid", entity: "ctm_1", time: NOON },
};
