import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://circleci.com/docs/guides/integration/outbound-webhooks/",
  where: "Project Settings > Webhooks > Add Webhook",
  secret: "the text that you choose as Secret token",
};

/** The header has a list, in which later versions may be other algorithms. */
export default bodyHmac({
  id: "circleci",
  name: "CircleCI outbound webhooks",
  confidence: "official",
  header: "Circleci-Signature",
  list: { signature: "v1" },
  event: { id: "id", type: "type", time: "happened_at", entity: "project.id" },
});

export const sample: Sample = {
  body: { type: "workflow-completed", id: "w1", happened_at: NOON, project: { id: "p1" } },
  event: { id: "w1", type: "workflow-completed", entity: "p1", time: NOON },
};
