import { body, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
  where: "Settings > Mail Settings > Event Webhooks, with Signed Event Webhook",
  secret: "the verification key (public, base64)",
};

export const sample: Sample = {
  body: [
    { event: "delivered", sg_event_id: "s1", sg_message_id: "m1", timestamp: 1772366400 },
    { event: "open", sg_event_id: "s2", sg_message_id: "m1", timestamp: 1772366400 },
  ],
  event: { type: "batch", entity: "m1", time: "2026-03-01T12:00:00.000Z" },
};

const sendgridSentAt = header("X-Twilio-Email-Event-Webhook-Timestamp");

/** A body is a batch. The signature is in DER, not two numbers side by side. */
export default defineScheme({
  id: "sendgrid",
  name: "SendGrid Event Webhook",
  confidence: "vector",
  verify: {
    kind: "public-key",
    algorithm: "ecdsa-sha256",
    key: { encoding: "spki" },
    signature: {
      headers: ["X-Twilio-Email-Event-Webhook-Signature"],
      value: { form: "whole" },
      encoding: "base64",
    },
    timestamp: { at: sendgridSentAt, unit: "s", window: 300 },
    content: [sendgridSentAt, body],
  },
  event: {
    otherwise: everyEventHasAnIdAndATime,
    hashOf: [path("*.sg_event_id")],
    type: [[path("*.event")], ["batch"]],
    time: [{ at: path("*.timestamp"), unit: "s" }],
    entity: [path("*.sg_message_id"), path("*.email")],
  },
  elements: {
    at: [path("*")],
    id: [[path("sg_event_id")]],
    type: [[path("event")]],
    time: [{ at: path("timestamp"), unit: "s" }],
    entity: [path("sg_message_id"), path("email")],
  },
});
