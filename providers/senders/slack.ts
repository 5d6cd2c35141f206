import { body, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { jsonInField } from "../recipes/json-in-field";
import { timestampedHmac } from "../recipes/timestamped-hmac";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  where: "api.slack.com/apps > your app > Event Subscriptions > Request URL",
  secret: "the signing secret, on Basic Information",
};

export const sample: Sample = {
  body: {
    type: "event_callback",
    event_id: "Ev1",
    event_time: 1772366400,
    team_id: "T1",
    event: { type: "app_mention", channel: "C1" },
  },
  event: { id: "Ev1", type: "app_mention", entity: "C1", time: "2026-03-01T12:00:00.000Z" },
};

const slackSentAt = header("X-Slack-Request-Timestamp");

/** Events API. The event's own type is inside an `event_callback`; other requests have a type of their own. */
export default timestampedHmac({
  id: "slack",
  name: "Slack",
  confidence: "vector",
  header: "X-Slack-Signature",
  value: { form: "whole", prefix: "v0=" },
  timestamp: { at: slackSentAt, unit: "s", window: 300 },
  content: ["v0:", slackSentAt, ":", body],
  contentTypes: ["application/json", "application/x-www-form-urlencoded"],
  // Commands are a form, interactions are JSON in its field `payload`.
  unwrap: jsonInField("payload"),
  // Who gave the command reads the answer.
  success: { status: 200, only: "application/x-www-form-urlencoded" },
  event: {
    otherwise: everyEventHasAnIdAndATime,
    id: [path("event_id")],
    type: [[path("event.type")], [path("type")]],
    time: [{ at: path("event_time"), unit: "s" }],
    entity: [path("event.channel"), path("event.item.channel"), path("team_id")],
  },
  handshakes: [{ when: { at: path("type"), equals: "url_verification" }, echo: path("challenge") }],
});
