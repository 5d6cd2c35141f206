import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
  where: "Repository settings > Webhooks > Add webhook",
  secret: "the text that you enter as Secret",
  notes: "Without a secret Bitbucket does not sign, and its webhooks are rejected here.",
};

/** The signature is SHA-256, although the header's name does not end in `-256`. */
export default bodyHmac({
  id: "bitbucket",
  name: "Bitbucket Cloud",
  confidence: "vector",
  header: "X-Hub-Signature",
  prefix: "sha256=",
  event: { deliveryId: "X-Request-UUID", type: header("X-Event-Key"), entity: "repository.uuid" },
});

export const sample: Sample = {
  headers: { "X-Event-Key": "repo:push" },
  body: { repository: { uuid: "{673a}" } },
  event: { type: "repo:push", entity: "{673a}" },
};
