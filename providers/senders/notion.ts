import { describedBy } from "../engine/headers";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { onlyProperty, textAnswer, unprovedChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developers.notion.com/reference/webhooks",
  where: "your integration > Webhooks > Create a subscription",
  secret:
    "none to copy: Notion sends it in its first request; read it from the parameter and enter it at Notion",
};

/** Handshake in Notion's first request: its token becomes the secret, and the operator pastes it into Notion's form. */
const verificationToken = unprovedChallenge(
  "POST",
  ({ request, payload }) => {
    const signed = describedBy(request.headers, ["x-notion-signature"]) !== undefined;
    const secret = onlyProperty(payload, "verification_token");
    if (signed || secret === undefined || secret.length < 16) return undefined;
    return { ...textAnswer(""), learn: secret };
  },
  { teaches: true },
);

export default bodyHmac({
  id: "notion",
  name: "Notion",
  header: "X-Notion-Signature",
  prefix: "sha256=",
  handshakes: [verificationToken],
  event: { id: "id", type: "type", time: "timestamp", entity: "entity.id" },
});

export const sample: Sample = {
  body: { id: "367cba44", type: "page.created", timestamp: NOON, entity: { id: "153104cd" } },
  event: { id: "367cba44", type: "page.created", entity: "153104cd", time: NOON },
};
