import { path } from "../engine/references";
import { define } from "./entry";

/* The signature is in the body, over other values of it. */

const signedAt = path("signature.timestamp");
const token = path("signature.token");

/**
 * Seconds: twelve hours. Mailgun tries again for eight, and the token is taken once, however late it comes.
 * @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries
 */
const WINDOW = 12 * 3600;

/**
 * Signed are a time and a token, not the event: whoever has seen one request can put its signature on any event within
 * the window. The token is therefore the event's id, so that it is taken once.
 */
export const mailgun = define(
  {
    id: "mailgun",
    name: "Mailgun",
    docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    confidence: "secondary",
    setup: {
      where: "Send > Webhooks > Add webhook",
      secret: "the HTTP webhook signing key",
      notes:
        "Inbound routes (`forward()`) are refused: they post the mail itself as a form, with attachments beyond what is taken here. Let a route `store(notify=...)` the mail elsewhere, and take its events from here.",
    },
    covers: "part",
    success: { status: 200 },
    event: {
      id: [token],
      otherwise: { by: "request", because: "Every request that is signed has the token." },
      type: [[path("event-data.event")]],
      entity: [path("event-data.message.headers.message-id"), path("event-data.recipient")],
    },
  },
  {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: { headers: [], at: path("signature.signature"), value: { form: "whole" }, encoding: "hex" },
    timestamp: { at: signedAt, unit: "s", window: WINDOW },
    content: [signedAt, token],
  },
);
