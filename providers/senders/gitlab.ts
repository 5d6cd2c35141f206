import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  where: "Settings > Webhooks > Add new webhook",
  secret: "the text that you enter as Secret token",
  notes: "Where your GitLab offers a signing token, take the scheme gitlab-signed.",
};

export default sharedToken({
  id: "gitlab",
  name: "GitLab secret token",
  confidence: "official",
  at: header("X-Gitlab-Token"),
  event: {
    // This header is the same for every attempt.
    deliveryId: "Idempotency-Key",
    loggedIds: ["X-Gitlab-Event-UUID"],
    type: header("X-Gitlab-Event"),
    entity: ["project.id", "project_id", "group_id"],
  },
  otherwise: {
    by: "request",
    because: "Versions before 17.4 do not send the header, and their bodies can repeat.",
  },
});

export const sample: Sample = {
  headers: { "X-Gitlab-Event": "Push Hook", "Idempotency-Key": "f5e6" },
  body: { project: { id: 15 } },
  event: { id: "f5e6", type: "Push Hook", entity: "15" },
};
