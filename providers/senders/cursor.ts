import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.cursor.com/account/cloud-agent-webhooks",
  where: "webhook.url of the request that starts an agent",
  secret: "webhook.secret of the same request",
};

export default bodyHmac({
  id: "cursor",
  name: "Cursor cloud agents",
  header: "X-Webhook-Signature",
  prefix: "sha256=",
  event: { loggedIds: ["X-Webhook-ID"], type: "event", entity: "id" },
  otherwise: { by: "body", because: "Every body has the time of the change." },
});

export const sample: Sample = {
  body: { event: "statusChange", id: "bc_1" },
  event: { type: "statusChange", entity: "bc_1" },
};
