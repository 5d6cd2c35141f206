import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://www.rfc-editor.org/rfc/rfc2104",
  where: "your own provider",
  secret: "any text that both sides know",
};

/**
 * For the user's own providers: a hexadecimal HMAC-SHA256 of the body. `X-Webhook-Id` identifies the event together
 * with the body; without it each request is an event of its own. Standard Webhooks, in contrast, also signs the id and
 * the time.
 */
export default bodyHmac({
  id: "hmac-sha256",
  name: "HMAC-SHA256",
  confidence: "vector",
  header: "X-Signature-256",
  value: { form: "whole", prefix: "sha256=", prefixOptional: true },
  // Accept upper case, which .NET and Java write by default.
  encoding: "hex-any-case",
  event: { deliveryId: "X-Webhook-Id", type: header("X-Webhook-Type") },
  otherwise: {
    by: "request",
    because: "Without the header a second event with the same body cannot be distinguished from a retry.",
  },
});

export const sample: Sample = {
  headers: { "X-Webhook-Type": "build.finished" },
  body: { a: 1 },
  event: { type: "build.finished" },
};
