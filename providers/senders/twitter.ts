import { createHmac } from "node:crypto";
import { parseJson } from "../engine/payload";
import { key } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { jsonAnswer, shortToken, unprovedChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://docs.x.com/x-api/webhooks/quickstart",
  where: "POST /2/webhooks of the X API",
  secret: "the app's consumer secret (API secret key)",
};

/**
 * Answers X's challenge, about every hour, with the HMAC of its token. The same key signs bodies, so a token that is
 * valid JSON, and could be accepted as a body, is not signed.
 */
const crcToken = unprovedChallenge("GET", ({ request, secrets: [secret] }) => {
  const token = shortToken(request.query?.["crc_token"]);
  if (token === undefined || secret === undefined || parseJson(token) !== undefined) return undefined;
  const digest = createHmac("sha256", secret).update(token).digest("base64");
  return jsonAnswer({ response_token: `sha256=${digest}` });
});

export default bodyHmac({
  id: "twitter",
  name: "X (Twitter)",
  header: "x-twitter-webhooks-signature",
  prefix: "sha256=",
  encoding: "base64",
  success: 200,
  handshakes: [crcToken],
  event: {
    type: key(
      "tweet_create_events",
      "favorite_events",
      "follow_events",
      "block_events",
      "mute_events",
      "direct_message_events",
      "direct_message_indicate_typing_events",
      "direct_message_mark_read_events",
      "tweet_delete_events",
      "user_event",
    ),
    entity: "for_user_id",
  },
  otherwise: { by: "body", because: "Every activity has an id or a time in milliseconds." },
});

export const sample: Sample = {
  body: { for_user_id: "2244994945", tweet_create_events: [{}] },
  event: { type: "tweet_create_events", entity: "2244994945" },
};
