import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
  where: "Connections > Destinations > Webhooks",
  secret: "the text that you enter as Shared Secret",
  notes: "Do not switch batching on: only the first event of a batch is signed, so a batch is rejected here.",
};

export default bodyHmac({
  id: "segment",
  name: "Segment",
  header: "X-Signature",
  hash: "sha1",
  event: { id: "messageId", type: "type", time: "timestamp", entity: ["userId", "anonymousId"] },
});

export const sample: Sample = {
  body: { messageId: "m1", type: "track", userId: "u1", timestamp: NOON },
  event: { id: "m1", type: "track", entity: "u1", time: NOON },
};
