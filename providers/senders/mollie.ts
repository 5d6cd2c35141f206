import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.mollie.com/reference/webhooks-new",
  where: "Developers > Webhooks > Create webhook",
  secret: "the signing secret that is shown once",
};

/**
 * While secrets are exchanged, the header is repeated for each. A request without it is rejected; Mollie's own library
 * accepts that.
 */
export default bodyHmac({
  id: "mollie",
  name: "Mollie (next-gen webhooks)",
  confidence: "official",
  header: "X-Mollie-Signature",
  read: "each",
  value: { form: "whole", prefix: "sha256=", prefixOptional: true },
  event: { id: "id", type: "type", entity: "entityId" },
});

export const sample: Sample = {
  body: { id: "event_1", type: "payment-link.paid", entityId: "pl_1" },
  event: { id: "event_1", type: "payment-link.paid", entity: "pl_1" },
};
