import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.easypost.com/guides/webhooks-guide",
  where: "Dashboard > Webhooks & Events, or POST /v2/webhooks with webhook_secret",
  secret: "the webhook secret that you choose, of ASCII characters",
};

export default bodyHmac({
  id: "easypost",
  name: "EasyPost",
  header: "X-Hmac-Signature",
  prefix: "hmac-sha256-hex=",
  event: { id: "id", type: "description", time: "created_at", entity: "result.id" },
});

export const sample: Sample = {
  body: { id: "evt_1", description: "tracker.updated", created_at: NOON, result: { id: "trk_1" } },
  event: { id: "evt_1", type: "tracker.updated", entity: "trk_1", time: NOON },
};
