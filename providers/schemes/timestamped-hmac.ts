import { body, field, header, path, type Scheme } from "../scheme";

/* HMAC over the time of signing and the raw body. The event's id is in the body and so is signed. */

/** The whole secret is the key, `whsec_` included; it is not base64 here. */
export const stripe: Scheme = {
  id: "stripe",
  name: "Stripe",
  docs: "https://docs.stripe.com/webhooks/signature",
  confidence: "vector",
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: {
      headers: ["Stripe-Signature"],
      value: { form: "list", separator: ",", pair: "=", signature: "v1" },
      encoding: "hex",
    },
    // Stripe's own library has no bound for times ahead of the clock; a captured request could wait behind it.
    timestamp: { at: field("t"), unit: "s", window: 300 },
    content: [field("t"), ".", body],
  },
  event: {
    id: [path("id")],
    type: [[path("type")]],
    // Thin events (`v2.core.event`) have a text here.
    time: [
      { at: path("created"), unit: "s" },
      { at: path("created"), unit: "iso" },
    ],
  },
};

const sentAt = header("X-Slack-Request-Timestamp");

/** Events API. The event's own type is inside an `event_callback`; other requests have a type of their own. */
export const slack: Scheme = {
  id: "slack",
  name: "Slack",
  docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  confidence: "vector",
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: {
      headers: ["X-Slack-Signature"],
      value: { form: "whole", prefix: "v0=" },
      encoding: "hex",
    },
    timestamp: { at: sentAt, unit: "s", window: 300 },
    content: ["v0:", sentAt, ":", body],
  },
  event: {
    id: [path("event_id")],
    type: [[path("event.type")], [path("type")]],
    time: [{ at: path("event_time"), unit: "s" }],
  },
  handshakes: [{ when: { at: path("type"), equals: "url_verification" }, echo: path("challenge") }],
};
