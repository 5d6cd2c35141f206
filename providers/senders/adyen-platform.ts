import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/",
  where: "Customer Area > Developers > Webhooks",
  secret: "the HMAC key, hexadecimal",
};

/**
 * Webhooks of Adyen's platform and management; Adyen's standard notifications have a signature in each item, see
 * adyen.ts.
 */
export default bodyHmac({
  id: "adyen-platform",
  name: "Adyen platform and management webhooks",
  header: "HmacSignature",
  encoding: "base64",
  key: { encoding: "hex" },
  event: { type: "type", entity: "data.id" },
  otherwise: { by: "body", because: "Every body has the time at which the event was queued." },
});

export const sample: Sample = {
  body: { type: "balancePlatform.accountHolder.updated", data: { id: "AH1" } },
  event: { type: "balancePlatform.accountHolder.updated", entity: "AH1" },
};
