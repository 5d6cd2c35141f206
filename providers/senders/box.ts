import { body, header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2",
  where: "Developer Console > your app > Webhooks > Manage signature keys",
  secret: "the primary key; store the secondary beside it",
};

/**
 * The time comes after the body in the signed content. Two headers have signatures with two keys; either is sufficient.
 */
export default timestampedHmac({
  id: "box",
  name: "Box",
  confidence: "vector",
  header: ["BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY"],
  read: "each",
  encoding: "base64",
  timestamp: { iso: header("BOX-DELIVERY-TIMESTAMP") },
  window: 600,
  content: [body, timestamp],
  event: {
    // The event's id is kept on retries, while the delivery's id is new for each attempt.
    id: "id",
    loggedIds: ["BOX-DELIVERY-ID"],
    type: "trigger",
    time: "created_at",
    entity: "source.id",
  },
});

export const sample: Sample = {
  body: { id: "0f9c", trigger: "FILE.UPLOADED", created_at: NOON, source: { id: "73" } },
  event: { id: "0f9c", type: "FILE.UPLOADED", entity: "73", time: NOON },
};
