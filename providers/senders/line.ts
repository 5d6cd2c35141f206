import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://developers.line.biz/en/docs/messaging-api/receiving-messages/",
  where: "LINE Developers Console > your channel > Messaging API > Webhook URL",
  secret: "the channel secret, on Basic settings",
};

/** A redelivery has a mark in the body, so the id is a hash of the ids in it. */
export default bodyHmac({
  id: "line",
  name: "LINE Messaging API",
  confidence: "vector",
  header: "x-line-signature",
  encoding: "base64",
  success: 200,
  event: {
    hashOf: "events.*.webhookEventId",
    type: ["events.*.type", { text: "batch" }],
    time: { ms: "events.*.timestamp" },
    entity: ["events.*.source.groupId", "events.*.source.userId", "destination"],
  },
  otherwise: everyEventHasAnId,
  elements: {
    at: "events.*",
    id: "webhookEventId",
    type: "type",
    time: { ms: "timestamp" },
    entity: ["source.groupId", "source.userId"],
  },
});

export const sample: Sample = {
  body: { events: [{ type: "follow", webhookEventId: "01H", timestamp: NOON_MS, source: { userId: "U1" } }] },
  event: { type: "follow", entity: "U1", time: NOON },
};
