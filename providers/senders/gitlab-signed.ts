import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  where: "Settings > Webhooks > Add new webhook",
  secret: "the signing token of the webhook",
};

export default standardWebhooks({
  id: "gitlab-signed",
  name: "GitLab signing token",
  confidence: "official",
  prefixes: ["webhook"],
  event: { type: header("X-Gitlab-Event"), time: [], entity: ["project.id", "project_id", "group_id"] },
});

export const sample: Sample = {
  headers: { "webhook-id": "w1", "X-Gitlab-Event": "Push Hook" },
  body: { project: { id: 15 } },
  event: { id: "w1", type: "Push Hook", entity: "15" },
};
