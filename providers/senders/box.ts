import { body, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestampedHmac } from "../recipes/timestamped-hmac";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2",
  where: "Developer Console > your app > Webhooks > Manage signature keys",
  secret: "the primary key; store the secondary beside it",
};

export const sample: Sample = {
  body: {
    id: "0f9c",
    trigger: "FILE.UPLOADED",
    created_at: "2026-03-01T12:00:00.000Z",
    source: { id: "73" },
  },
  event: { id: "0f9c", type: "FILE.UPLOADED", entity: "73", time: "2026-03-01T12:00:00.000Z" },
};

const boxSentAt = header("BOX-DELIVERY-TIMESTAMP");

/** The body first, the time behind it. Two headers for two keys; either is enough. */
export default timestampedHmac({
  id: "box",
  name: "Box",
  confidence: "vector",
  header: ["BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY"],
  read: "each",
  encoding: "base64",
  timestamp: { at: boxSentAt, unit: "iso", window: 600 },
  content: [body, boxSentAt],
  event: {
    // Stays, while the id of the delivery is new at each attempt.
    id: [path("id")],
    loggedIds: [header("BOX-DELIVERY-ID")],
    otherwise: everyEventHasAnIdAndATime,

    type: [[path("trigger")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("source.id")],
  },
});
