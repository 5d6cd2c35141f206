import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html",
  where: "Repository settings > Webhooks > Create webhook",
  secret: "the text that you enter as Secret",
};

export default bodyHmac({
  id: "bitbucket-server",
  name: "Bitbucket Server and Data Center",
  confidence: "vector",
  header: "X-Hub-Signature",
  prefix: "sha256=",
  event: { deliveryId: "X-Request-Id", type: header("X-Event-Key"), entity: "repository.id" },
});

export const sample: Sample = {
  headers: { "X-Event-Key": "repo:refs_changed" },
  body: { repository: { id: 84 } },
  event: { type: "repo:refs_changed", entity: "84" },
};
