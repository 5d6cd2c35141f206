import { header } from "../engine/references";
import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
  where: "Notifications > Destinations > Webhooks",
  secret: "the text that you enter as Secret",
};

export default sharedToken({
  id: "cloudflare-notifications",
  name: "Cloudflare notifications",
  at: header("cf-webhook-auth"),
  event: { type: "alert_type", time: { s: "ts" }, entity: "account_id" },
  otherwise: { by: "body", because: "Every body has the time of the alert." },
});

export const sample: Sample = {
  body: { alert_type: "universal_ssl_event_type", account_id: "a1", ts: NOON_S },
  event: { type: "universal_ssl_event_type", entity: "a1", time: NOON },
};
