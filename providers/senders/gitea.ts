import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.gitea.com/usage/webhooks",
  where: "Settings > Webhooks > Add webhook, of a repository",
  secret: "the text that you enter as Secret",
  notes:
    "Choose application/json as the content type: of a form the signature covers the field and not the body, so it is rejected and kept.",
};

export default bodyHmac({
  id: "gitea",
  name: "Gitea and Forgejo",
  confidence: "vector",
  header: ["X-Gitea-Signature", "X-Forgejo-Signature"],
  event: {
    deliveryId: header("X-Gitea-Delivery", "X-Forgejo-Delivery"),
    type: header("X-Gitea-Event", "X-Forgejo-Event"),
    entity: "repository.id",
  },
});

export const sample: Sample = {
  headers: { "X-Gitea-Event": "push" },
  body: { repository: { id: 140 } },
  event: { type: "push", entity: "140" },
};
