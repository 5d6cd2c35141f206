import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://picqer.com/en/api/webhooks",
  where: "POST /api/v1/hooks of the API",
  secret: "secret of the same request",
};

export default bodyHmac({
  id: "picqer",
  name: "Picqer",
  header: "X-Picqer-Signature",
  encoding: "base64",
  event: { type: "event" },
  otherwise: { by: "body", because: "Every body has the time at which the event was triggered." },
});

export const sample: Sample = { body: { event: "orders.created" }, event: { type: "orders.created" } };
