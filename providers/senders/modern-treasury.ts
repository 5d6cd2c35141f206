import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyChangeHasItsTime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.moderntreasury.com/docs/verifying-webhooks",
  where: "Developers > Webhooks",
  secret: "the webhook key",
};

export default bodyHmac({
  id: "modern-treasury",
  name: "Modern Treasury",
  confidence: "vector",
  header: "X-Signature",
  event: { type: "event", entity: "data.id" },
  otherwise: everyChangeHasItsTime,
});

export const sample: Sample = {
  body: { event: "completed", data: { id: "po1" } },
  event: { type: "completed", entity: "po1" },
};
