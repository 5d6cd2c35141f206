import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.helpscout.com/webhooks/",
  where: "Manage > Apps > Webhooks",
  secret: "the text that you enter as Secret Key",
};

export default bodyHmac({
  id: "helpscout",
  name: "Help Scout",
  header: "X-HelpScout-Signature",
  hash: "sha1",
  encoding: "base64",
  event: { type: header("X-HelpScout-Event"), entity: "id" },
  otherwise: { by: "request", because: "A body is the object as it is; nothing names the event." },
});

export const sample: Sample = {
  headers: { "X-HelpScout-Event": "convo.created" },
  body: { id: 4 },
  event: { type: "convo.created", entity: "4" },
};
