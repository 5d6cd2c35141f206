import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://cal.com/docs/developing/guides/automation/webhooks",
  where: "Settings > Developer > Webhooks",
  secret: "the text that you enter as Secret",
  notes:
    "Without a secret Cal.com writes a fixed text instead of a signature, and its webhooks are rejected here. A custom payload template has to be JSON and to keep triggerEvent.",
};

export default bodyHmac({
  id: "calcom",
  name: "Cal.com",
  confidence: "official",
  header: "X-Cal-Signature-256",
  event: { type: "triggerEvent", time: "createdAt", entity: "payload.uid" },
  otherwise: { by: "body", because: "Every body has the time of the event." },
});

export const sample: Sample = {
  body: { triggerEvent: "BOOKING_CREATED", createdAt: NOON, payload: { uid: "b1" } },
  event: { type: "BOOKING_CREATED", entity: "b1", time: NOON },
};
