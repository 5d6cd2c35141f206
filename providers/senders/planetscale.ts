import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://planetscale.com/docs/api/webhooks",
  where: "the database > Settings > Webhooks > Add webhook",
  secret: "the secret shown for the webhook",
};

export const sample: Sample = {
  body: {
    timestamp: 1772366400,
    event: "branch.ready",
    organization: "acme",
    database: "shop",
    resource: {},
  },
  event: { type: "branch.ready", entity: "shop", time: "2026-03-01T12:00:00.000Z" },
};

export default bodyHmac({
  id: "planetscale",
  name: "PlanetScale",
  header: "X-PlanetScale-Signature",
  event: {
    otherwise: { by: "body", because: "Every body has its time and what happened to what." },
    type: "event",
    time: { s: "timestamp" },
    entity: "database",
  },
});
