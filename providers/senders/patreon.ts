import { header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.patreon.com/#webhooks",
  where: "patreon.com/portal/registration/register-webhooks",
  secret: "the secret shown for the webhook",
};

/** Patreon offers only HMAC with MD5. The known weaknesses of MD5 do not break an HMAC. */
export default bodyHmac({
  id: "patreon",
  name: "Patreon",
  header: "X-Patreon-Signature",
  hash: "md5",
  event: { type: header("X-Patreon-Event"), entity: "data.id" },
  otherwise: {
    by: "request",
    because: "Bodies say which state a member is in, have no id of the event, and can repeat.",
  },
});

export const sample: Sample = {
  headers: { "X-Patreon-Event": "members:pledge:create" },
  body: { data: { id: "m1", type: "member" } },
  event: { type: "members:pledge:create", entity: "m1" },
};
