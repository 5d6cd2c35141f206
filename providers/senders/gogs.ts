import { header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export default bodyHmac({
  id: "gogs",
  name: "Gogs",
  confidence: "vector",
  header: "X-Gogs-Signature",
  event: {
    deliveryId: header("X-Gogs-Delivery"),
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    type: [[header("X-Gogs-Event")]],
    entity: [path("repository.id")],
  },
});

export const setup: Setup = {
  docs: "https://gogs.io/docs/features/webhook",
  where: "Settings > Webhooks > Add a new webhook, of a repository",
  secret: "the text that you enter as Secret",
};

export const sample: Sample = {
  headers: { "X-Gogs-Event": "push" },
  body: { repository: { id: 7 } },
  type: "push",
  entity: "7",
};
