import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://developers.line.biz/en/docs/messaging-api/receiving-messages/",
  where: "LINE Developers Console > your channel > Messaging API > Webhook URL",
  secret: "the channel secret, on Basic settings",
};

/** A redelivery says so in the body, so the event's hash is that of its ids. */
export default bodyHmac({
  id: "line",
  name: "LINE Messaging API",
  confidence: "vector",
  header: "x-line-signature",
  encoding: "base64",
  success: 200,
  event: {
    hashOf: "events.*.webhookEventId",
    otherwise: everyEventHasAnId,
    type: ["events.*.type", { text: "batch" }],
    time: { ms: "events.*.timestamp" },
    entity: ["events.*.source.groupId", "events.*.source.userId", "destination"],
  },
  elements: {
    at: "events.*",
    id: "webhookEventId",
    type: "type",
    time: { ms: "timestamp" },
    entity: ["source.groupId", "source.userId"],
  },
});

export const sample: Sample = {
  body: {
    destination: "U0",
    events: [{ type: "message", webhookEventId: "01H", timestamp: NOON_MS, source: { userId: "U1" } }],
  },
  event: { type: "message", entity: "U1", time: NOON },
};
