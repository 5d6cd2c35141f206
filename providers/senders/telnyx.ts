import { body, header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { publicKey } from "../recipes/public-key";
import { timestamp } from "../recipes/signing-time";

export const setup: Setup = {
  docs: "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks",
  where: "Mission Control > your messaging profile or connection",
  secret: "the public key of Keys & Credentials",
};

/** `meta.attempt` counts the attempts, so the event's own id is the key. */
export default publicKey({
  id: "telnyx",
  name: "Telnyx",
  algorithm: "ed25519",
  key: "raw-base64",
  header: "telnyx-signature-ed25519",
  timestamp: { s: header("telnyx-timestamp") },
  content: [timestamp, "|", body],
  event: {
    id: "data.id",
    type: "data.event_type",
    time: "data.occurred_at",
    entity: ["data.payload.call_session_id", "data.payload.id"],
  },
});

export const sample: Sample = {
  body: { data: { id: "t1", event_type: "message.received", occurred_at: NOON, payload: { id: "p1" } } },
  event: { id: "t1", type: "message.received", entity: "p1", time: NOON },
};
