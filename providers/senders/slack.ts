import { body, header, path } from "../engine/references";
import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { jsonInField } from "../recipes/json-in-field";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  where: "api.slack.com/apps > your app > Event Subscriptions > Request URL",
  secret: "the signing secret, on Basic Information",
};

/** For the Events API. An event's own type is inside an `event_callback`; other requests have a type of their own. */
export default timestampedHmac({
  id: "slack",
  name: "Slack",
  confidence: "vector",
  header: "X-Slack-Signature",
  prefix: "v0=",
  timestamp: { s: header("X-Slack-Request-Timestamp") },
  content: ["v0:", timestamp, ":", body],
  contentTypes: ["application/json", "application/x-www-form-urlencoded"],
  // Commands are a form; interactions are JSON in the form's field `payload`.
  unwrap: jsonInField("payload"),
  // Answer a command without a body: its user would read the answer.
  success: { status: 200, only: "application/x-www-form-urlencoded" },
  event: {
    id: "event_id",
    type: ["event.type", "type"],
    time: { s: "event_time" },
    entity: ["event.channel", "event.item.channel", "team_id"],
  },
  handshakes: [{ when: { at: path("type"), equals: "url_verification" }, echo: path("challenge") }],
});

export const sample: Sample = {
  body: {
    type: "event_callback",
    event_id: "Ev1",
    event_time: NOON_S,
    team_id: "T1",
    event: { type: "app_mention", channel: "C1" },
  },
  event: { id: "Ev1", type: "app_mention", entity: "C1", time: NOON },
};
