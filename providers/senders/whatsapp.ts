import { path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { hubChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks/",
  where: "App Dashboard > your app > WhatsApp > Configuration",
  secret: "the app secret, on App settings > Basic",
};

export const sample: Sample = {
  body: {
    object: "whatsapp_business_account",
    entry: [{ id: "0", changes: [{ field: "messages", value: { contacts: [{ wa_id: "16315551181" }] } }] }],
  },
  event: { type: "messages", entity: "16315551181" },
};

export default bodyHmac({
  id: "whatsapp",
  name: "WhatsApp Cloud API",
  confidence: "secondary",
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
  success: { status: 200 },
  handshakes: [hubChallenge()],
  event: {
    otherwise: { by: "body", because: "Every message and every status has an id and a time." },
    type: [[path("entry.*.changes.*.field")], [path("object")]],
    entity: [
      path("entry.*.changes.*.value.contacts.*.wa_id"),
      path("entry.*.changes.*.value.metadata.phone_number_id"),
      path("entry.*.id"),
    ],
  },
  elements: {
    at: [
      path("entry.*.changes.*"),
      path("entry.*.changes.*.value.messages.*"),
      path("entry.*.changes.*.value.statuses.*"),
    ],
    enclosed: true,
    // A status has the id of its message.
    id: [[path("id"), path("status")], [path("id")]],
    time: [{ at: path("timestamp"), unit: "s" }],
    entity: [path("from"), path("recipient_id")],
  },
});
