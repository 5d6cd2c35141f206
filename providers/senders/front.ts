import { body, header } from "../engine/references";
import { NOON_S, type Sample, type Setup } from "../engine/sender";
import { echoHeader } from "../recipes/challenges";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://dev.frontapp.com/docs/application-webhooks",
  where: "Settings > Developers > your app > Features > Webhooks",
  secret: "the app's secret, on Basic information",
};

/** No official source gives the unit of the time, and receivers in public code disagree, so both units are accepted. */
export default timestampedHmac({
  id: "front",
  name: "Front application webhooks",
  header: "X-Front-Signature",
  encoding: "base64",
  timestamp: { "s-or-ms": header("X-Front-Request-Timestamp") },
  content: [timestamp, ":", body],
  handshakes: [echoHeader("POST", "x-front-challenge")],
  event: {
    hashOf: ["type", "payload.id", "payload.emitted_at"],
    type: "type",
    entity: ["payload.conversation.id", "authorization.id"],
  },
  otherwise: {
    by: "body-and-time",
    because: "A body without these values is known by its content and the time of signing.",
  },
});

export const sample: Sample = {
  body: { type: "message_received", payload: { id: "e1", emitted_at: NOON_S, conversation: { id: "c1" } } },
  event: { type: "message_received", entity: "c1" },
};
