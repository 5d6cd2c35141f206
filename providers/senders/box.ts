import { body, header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2",
  where: "Developer Console > your app > Webhooks > Manage signature keys",
  secret: "the primary key; store the secondary beside it",
};

/** The body first, the time behind it. Two headers for two keys; either is enough. */
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
    // Stays, while the id of the delivery is new at each attempt.
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
