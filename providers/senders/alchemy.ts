import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://www.alchemy.com/docs/reference/notify-api-quickstart",
  where: "Dashboard > Data > Webhooks > Create webhook",
  secret: "the signing key of the webhook",
};

export default bodyHmac({
  id: "alchemy",
  name: "Alchemy Notify",
  header: "X-Alchemy-Signature",
  event: { id: "id", type: "type", time: "createdAt", entity: "webhookId" },
});

export const sample: Sample = {
  body: { webhookId: "wh_1", id: "whevt_1", type: "ADDRESS_ACTIVITY", createdAt: NOON },
  event: { id: "whevt_1", type: "ADDRESS_ACTIVITY", entity: "wh_1", time: NOON },
};
