import { header, path } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHashJwt } from "../recipes/body-hash-jwt";

export const setup: Setup = {
  docs: "https://docs.netlify.com/deploy/deploy-notifications/",
  where: "Project configuration > Notifications > Deploy notifications > HTTP POST request",
  secret: "the text that you choose as JWS secret token",
};

/** The body's `id` is the deploy's, which has one webhook for each of its states. */
export default bodyHashJwt({
  id: "netlify",
  name: "Netlify deploy notifications",
  header: "X-Webhook-Signature",
  issuer: "netlify",
  algorithms: ["HS256"],
  bodyHash: "sha256",
  event: {
    type: [header("X-Netlify-Event"), { pieces: ["deploy_", path("state")] }],
    time: "updated_at",
    entity: "site_id",
  },
  otherwise: { by: "body", because: "Every body has the deploy, its state and when it changed." },
});

export const sample: Sample = {
  body: { id: "d1", site_id: "s1", state: "ready", updated_at: NOON },
  event: { type: "deploy_ready", entity: "s1", time: NOON },
};
