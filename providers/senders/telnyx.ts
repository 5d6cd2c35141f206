import { body, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks",
  where: "Mission Control > your messaging profile or connection",
  secret: "the public key of Keys & Credentials",
};

export const sample: Sample = {
  body: {
    data: {
      id: "t1",
      event_type: "message.received",
      occurred_at: "2026-03-01T12:00:00.000Z",
      payload: { id: "p1" },
    },
    meta: { attempt: 1 },
  },
  event: { id: "t1", type: "message.received", entity: "p1", time: "2026-03-01T12:00:00.000Z" },
};

const telnyxSentAt = header("telnyx-timestamp");

/** `meta.attempt` counts the attempts, so the event's own id is the key. */
export default defineScheme({
  id: "telnyx",
  name: "Telnyx",
  confidence: "secondary",
  verify: {
    kind: "public-key",
    algorithm: "ed25519",
    key: { encoding: "raw-base64" },
    signature: { headers: ["telnyx-signature-ed25519"], value: { form: "whole" }, encoding: "base64" },
    timestamp: { at: telnyxSentAt, unit: "s", window: 300 },
    content: [telnyxSentAt, "|", body],
  },
  event: {
    otherwise: everyEventHasAnIdAndATime,
    id: [path("data.id")],
    type: [[path("data.event_type")]],
    time: [{ at: path("data.occurred_at"), unit: "iso" }],
    entity: [path("data.payload.call_session_id"), path("data.payload.id")],
  },
});
