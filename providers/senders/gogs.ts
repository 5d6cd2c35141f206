import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://gogs.io/docs/features/webhook",
  where: "Settings > Webhooks > Add a new webhook, of a repository",
  secret: "the text that you enter as Secret",
};

export default bodyHmac({
  id: "gogs",
  name: "Gogs",
  confidence: "vector",
  header: "X-Gogs-Signature",
  event: { deliveryId: "X-Gogs-Delivery", type: header("X-Gogs-Event"), entity: "repository.id" },
});

export const sample: Sample = {
  headers: { "X-Gogs-Event": "push" },
  body: { repository: { id: 7 } },
  event: { type: "push", entity: "7" },
};
