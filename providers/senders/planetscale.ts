import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://planetscale.com/docs/api/webhooks",
  where: "the database > Settings > Webhooks > Add webhook",
  secret: "the secret shown for the webhook",
};

export default bodyHmac({
  id: "planetscale",
  name: "PlanetScale",
  header: "X-PlanetScale-Signature",
  event: { type: "event", time: { s: "timestamp" }, entity: "database" },
  otherwise: { by: "body", because: "Every body has its time and what happened to what." },
});

export const sample: Sample = {
  body: { timestamp: NOON_S, event: "branch.ready", organization: "acme", database: "shop", resource: {} },
  event: { type: "branch.ready", entity: "shop", time: NOON },
};
