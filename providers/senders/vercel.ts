import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://vercel.com/docs/webhooks",
  where: "team Settings > Webhooks > Create Webhook, or an integration's console",
  secret: "the secret that is shown once after creation; of an integration, its client secret",
  notes:
    "An integration's webhooks are signed with the integration's own client secret and not with that of a team's webhook.",
};

/**
 * The hash is SHA-1, confirmed by a vector. A public catalogue says SHA-256, with a timestamp header that does not
 * exist.
 */
export default bodyHmac({
  id: "vercel",
  name: "Vercel",
  confidence: "vector",
  header: "x-vercel-signature",
  hash: "sha1",
  event: {
    id: "id",
    type: "type",
    time: { ms: "createdAt" },
    entity: ["payload.project.id", "payload.projectId"],
  },
});

export const sample: Sample = {
  body: { id: "e1", type: "deployment.created", createdAt: NOON_MS, payload: { project: { id: "prj_1" } } },
  event: { id: "e1", type: "deployment.created", entity: "prj_1", time: NOON },
};
