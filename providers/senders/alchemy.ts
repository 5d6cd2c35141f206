import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://www.alchemy.com/docs/reference/notify-api-quickstart",
  where: "Dashboard > Data > Webhooks > Create webhook",
  secret: "the signing key of the webhook",
};

export const sample: Sample = {
  body: { webhookId: "wh_1", id: "whevt_1", type: "ADDRESS_ACTIVITY", createdAt: "2026-03-01T12:00:00.000Z" },
  event: { id: "whevt_1", type: "ADDRESS_ACTIVITY", entity: "wh_1", time: "2026-03-01T12:00:00.000Z" },
};

export default bodyHmac({
  id: "alchemy",
  name: "Alchemy Notify",
  header: "X-Alchemy-Signature",
  event: { id: "id", type: "type", time: "createdAt", entity: "webhookId" },
});
