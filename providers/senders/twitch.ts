import { describedBy } from "../engine/headers";
import { valueAt } from "../engine/payload";
import { body, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { provedChallenge, shortToken, textAnswer } from "../recipes/challenges";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
  where: "POST /helix/eventsub/subscriptions of the API",
  secret: "transport.secret of the same request",
};

const twitchId = header("Twitch-Eventsub-Message-Id");

/** Answers Twitch's signed challenge. */
const eventSubChallenge = provedChallenge(({ request, payload }) => {
  const type = describedBy(request.headers, ["twitch-eventsub-message-type"]);
  const challenge = shortToken(valueAt(payload, path("challenge")));
  return type === "webhook_callback_verification" && challenge !== undefined
    ? textAnswer(challenge)
    : undefined;
});

export default timestampedHmac({
  id: "twitch",
  name: "Twitch EventSub",
  confidence: "official",
  header: "Twitch-Eventsub-Message-Signature",
  prefix: "sha256=",
  timestamp: { iso: header("Twitch-Eventsub-Message-Timestamp") },
  window: 600,
  content: [twitchId, timestamp, body],
  handshakes: [eventSubChallenge],
  event: {
    id: twitchId,
    type: "subscription.type",
    entity: ["event.broadcaster_user_id", "subscription.condition.broadcaster_user_id"],
  },
});

export const sample: Sample = {
  headers: { "Twitch-Eventsub-Message-Id": "msg_1" },
  body: { subscription: { type: "channel.follow" }, event: { broadcaster_user_id: "1337" } },
  event: { id: "msg_1", type: "channel.follow", entity: "1337" },
};
