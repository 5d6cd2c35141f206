import { header } from "../engine/references";
import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { publicKey } from "../recipes/public-key";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
  where: "Settings > Mail Settings > Event Webhooks, with Signed Event Webhook",
  secret: "the verification key (public, base64)",
};

/** A body is a batch of events. The signature is in DER, not two concatenated numbers. */
export default publicKey({
  id: "sendgrid",
  name: "SendGrid Event Webhook",
  confidence: "vector",
  algorithm: "ecdsa-sha256",
  key: "spki",
  header: "X-Twilio-Email-Event-Webhook-Signature",
  timestamp: { s: header("X-Twilio-Email-Event-Webhook-Timestamp") },
  event: {
    hashOf: "*.sg_event_id",
    type: ["*.event", { text: "batch" }],
    time: { s: "*.timestamp" },
    entity: ["*.sg_message_id", "*.email"],
  },
  otherwise: everyEventHasAnIdAndATime,
  elements: {
    at: "*",
    id: "sg_event_id",
    type: "event",
    time: { s: "timestamp" },
    entity: ["sg_message_id", "email"],
  },
});

export const sample: Sample = {
  body: [
    { event: "delivered", sg_event_id: "s1", sg_message_id: "m1", timestamp: NOON_S },
    { event: "open", sg_event_id: "s2", sg_message_id: "m1", timestamp: NOON_S },
  ],
  event: { type: "batch", entity: "m1", time: NOON },
};
