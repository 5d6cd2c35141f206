import { path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup: Setup = {
  docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
  where: "Send > Webhooks > Add webhook",
  secret: "the HTTP webhook signing key",
  notes:
    "Inbound routes (`forward()`) are rejected: they post the mail itself as a form, with attachments beyond what is taken here. Let a route `store(notify=...)` the mail elsewhere, and take its events from here.",
};

const signedAt = path("signature.timestamp");

const token = path("signature.token");

/**
 * Seconds after signing for which a request is accepted: twelve hours. Mailgun retries for eight, and deduplication
 * accepts each token only once, however late it arrives.
 * @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries
 */
const WINDOW = 12 * 3600;

/**
 * Only a time and a token are signed, not the event: anyone who has seen one request can put its signature on any event
 * within the window. The token is therefore the event's id, so that it is accepted only once.
 */
export default defineScheme({
  id: "mailgun",
  name: "Mailgun",
  covers: "part",
  success: 200,
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: { headers: [], at: path("signature.signature"), value: { form: "whole" }, encoding: "hex" },
    timestamp: { at: signedAt, unit: "s", window: WINDOW },
    content: [signedAt, token],
  },
  event: {
    id: token,
    type: "event-data.event",
    entity: ["event-data.message.headers.message-id", "event-data.recipient"],
  },
  otherwise: { by: "request", because: "Every request that is signed has the token." },
});

export const sample: Sample = {
  body: {
    signature: { timestamp: "1772366400", token: "a8ce", signature: "" },
    "event-data": { event: "opened", recipient: "a@example.com" },
  },
  event: { id: "a8ce", type: "opened", entity: "a@example.com" },
};
