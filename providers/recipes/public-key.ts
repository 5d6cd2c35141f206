import { body, header, path } from "../engine/references";
import { define } from "./entry";

/* Signed with the sender's private key. What is configured is the public one, which is no secret but must be right. */

const discordSentAt = header("X-Signature-Timestamp");

/** Discord sends wrong signatures on purpose and takes the address away where they are not refused. */
export const discord = define(
  {
    id: "discord",
    name: "Discord",
    docs: "https://docs.discord.com/developers/events/webhook-events",
    confidence: "vector",
    setup: {
      where: "Developer Portal > your app > Webhooks > Endpoint",
      secret: "the public key, on General Information",
    },
    success: { status: 204 },
    event: {
      otherwise: { by: "body", because: "Every event has a time in microseconds." },
      type: [[path("event.type")]],
      time: [{ at: path("event.timestamp"), unit: "iso" }],
      entity: [path("event.data.guild.id"), path("event.data.user.id"), path("application_id")],
    },
  },
  {
    kind: "public-key",
    algorithm: "ed25519",
    key: { encoding: "raw-hex" },
    signature: { headers: ["X-Signature-Ed25519"], value: { form: "whole" }, encoding: "hex" },
    timestamp: { at: discordSentAt, unit: "s", window: 300 },
    content: [discordSentAt, body],
  },
);

const sendgridSentAt = header("X-Twilio-Email-Event-Webhook-Timestamp");

/** A body is a batch. The signature is in DER, not two numbers side by side. */
export const sendgrid = define(
  {
    id: "sendgrid",
    name: "SendGrid Event Webhook",
    docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
    confidence: "vector",
    setup: {
      where: "Settings > Mail Settings > Event Webhooks, with Signed Event Webhook",
      secret: "the verification key (public, base64)",
    },
    event: {
      otherwise: {
        by: "body-and-time",
        because:
          "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
      },
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
  },
  {
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
);

const telnyxSentAt = header("telnyx-timestamp");

/** `meta.attempt` counts the attempts, so the event's own id is the key. */
export const telnyx = define(
  {
    id: "telnyx",
    name: "Telnyx",
    docs: "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks",
    confidence: "secondary",
    setup: {
      where: "Mission Control > your messaging profile or connection",
      secret: "the public key of Keys & Credentials",
    },
    event: {
      otherwise: {
        by: "body-and-time",
        because:
          "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
      },
      id: [path("data.id")],
      type: [[path("data.event_type")]],
      time: [{ at: path("data.occurred_at"), unit: "iso" }],
      entity: [path("data.payload.call_session_id"), path("data.payload.id")],
    },
  },
  {
    kind: "public-key",
    algorithm: "ed25519",
    key: { encoding: "raw-base64" },
    signature: { headers: ["telnyx-signature-ed25519"], value: { form: "whole" }, encoding: "base64" },
    timestamp: { at: telnyxSentAt, unit: "s", window: 300 },
    content: [telnyxSentAt, "|", body],
  },
);

export const wise = define(
  {
    id: "wise",
    name: "Wise",
    docs: "https://docs.wise.com/api-docs/features/webhooks-notifications/event-handling",
    confidence: "secondary",
    setup: {
      where: "Settings > Developer tools > Webhooks, or the API",
      secret: "Wise's public key for webhooks of production or sandbox, from its docs",
    },
    success: { status: 200 },
    event: {
      otherwise: {
        by: "request",
        because: "The header is always there; without it a retry looks like a second event.",
      },
      deliveryId: header("X-Delivery-Id"),
      type: [[path("event_type")]],
      time: [{ at: path("data.occurred_at"), unit: "iso" }],
      entity: [path("data.resource.id")],
    },
  },
  {
    kind: "public-key",
    algorithm: "rsa-sha256",
    key: { encoding: "spki" },
    signature: { headers: ["X-Signature-SHA256"], value: { form: "whole" }, encoding: "base64" },
    content: [body],
  },
);
