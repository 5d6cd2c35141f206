import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { hubChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  where: "App Dashboard > your app > Webhooks",
  secret: "the app secret, on App settings > Basic",
};

/** The signed bytes contain escaped Unicode as it was sent. A body can have up to 1,000 changes. */
export default bodyHmac({
  id: "meta",
  name: "Meta (Facebook, Messenger, Instagram)",
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
  success: 200,
  handshakes: [hubChallenge()],
  event: { type: [["object", "entry.*.changes.*.field"], "object"], entity: "entry.*.id" },
  otherwise: { by: "body", because: "Every entry has its time and the ids of what changed." },
  elements: {
    at: ["entry.*.changes.*", "entry.*.messaging.*", "entry.*.standby.*"],
    enclosed: true,
    id: "message.mid",
    time: { ms: "timestamp" },
  },
});

export const sample: Sample = {
  body: { object: "page", entry: [{ id: "0", changes: [{ field: "feed" }, { field: "feed" }] }] },
  event: { type: "page.feed", entity: "0" },
};
