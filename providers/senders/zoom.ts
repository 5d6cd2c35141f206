import { createHmac } from "node:crypto";
import { valueAt } from "../engine/payload";
import { body, header, path } from "../engine/references";
import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { jsonAnswer, provedChallenge, shortToken } from "../recipes/challenges";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developers.zoom.us/docs/api/webhooks/",
  where: "App Marketplace > your app > Feature > Event Subscriptions",
  secret: "the secret token of the app",
};

/** Answers Zoom's signed challenge with the HMAC of its token. */
const urlValidation = provedChallenge(({ payload, secrets: [secret] }) => {
  const plainToken = shortToken(valueAt(payload, path("payload.plainToken")));
  if (valueAt(payload, path("event")) !== "endpoint.url_validation") return undefined;
  if (plainToken === undefined || secret === undefined) return undefined;
  return jsonAnswer({
    plainToken,
    encryptedToken: createHmac("sha256", secret).update(plainToken).digest("hex"),
  });
});

export default timestampedHmac({
  id: "zoom",
  name: "Zoom",
  confidence: "official",
  header: "x-zm-signature",
  prefix: "v0=",
  timestamp: { "s-or-ms": header("x-zm-request-timestamp") },
  content: ["v0:", timestamp, ":", body],
  handshakes: [urlValidation],
  event: { type: "event", time: { ms: "event_ts" }, entity: ["payload.object.id", "payload.account_id"] },
  otherwise: { by: "body", because: "Every body has the time of the event in milliseconds." },
});

export const sample: Sample = {
  body: { event: "meeting.started", event_ts: NOON_MS, payload: { object: { id: "94" } } },
  event: { type: "meeting.started", entity: "94", time: NOON },
};
