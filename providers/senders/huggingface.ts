import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://huggingface.co/docs/hub/webhooks",
  where: "Settings > Webhooks > Add a new webhook",
  secret: "the text that you enter as Secret",
};

export default sharedToken({
  id: "huggingface",
  name: "Hugging Face",
  at: header("X-Webhook-Secret"),
  event: { type: [["event.scope", "event.action"]], entity: "repo.id" },
  otherwise: { by: "request", because: "A body says only what state a repository is in." },
});

export const sample: Sample = {
  body: { event: { action: "update", scope: "repo.content" }, repo: { id: "6366" } },
  event: { type: "repo.content.update", entity: "6366" },
};
