import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { hubChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks/",
  where: "App Dashboard > your app > WhatsApp > Configuration",
  secret: "the app secret, on App settings > Basic",
};

export default bodyHmac({
  id: "whatsapp",
  name: "WhatsApp Cloud API",
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
  success: 200,
  handshakes: [hubChallenge()],
  event: {
    type: ["entry.*.changes.*.field", "object"],
    entity: [
      "entry.*.changes.*.value.contacts.*.wa_id",
      "entry.*.changes.*.value.metadata.phone_number_id",
      "entry.*.id",
    ],
  },
  otherwise: { by: "body", because: "Every message and every status has an id and a time." },
  elements: {
    at: ["entry.*.changes.*", "entry.*.changes.*.value.messages.*", "entry.*.changes.*.value.statuses.*"],
    enclosed: true,
    // A status has the id of its message, so the status is part of the id.
    id: [["id", "status"], "id"],
    time: { s: "timestamp" },
    entity: ["from", "recipient_id"],
  },
});

export const sample: Sample = {
  body: {
    object: "whatsapp_business_account",
    entry: [{ id: "0", changes: [{ field: "messages", value: { contacts: [{ wa_id: "16315551181" }] } }] }],
  },
  event: { type: "messages", entity: "16315551181" },
};
