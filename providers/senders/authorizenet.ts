import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.authorize.net/api/reference/features/webhooks.html",
  where: "Account > Settings > Webhooks",
  secret: "the signature key",
};

export default bodyHmac({
  id: "authorizenet",
  name: "Authorize.Net",
  header: "X-ANET-Signature",
  prefix: "sha512=",
  hash: "sha512",
  // Accept both cases: public receivers disagree on the one that they expect.
  encoding: "hex-any-case",
  event: { id: "notificationId", type: "eventType", time: "eventDate", entity: "payload.id" },
});

export const sample: Sample = {
  body: {
    notificationId: "d0e8e7fe",
    eventType: "net.authorize.payment.capture.created",
    eventDate: "2026-03-01T12:00:00.0000000Z",
    payload: { id: "60020981676" },
  },
  event: { id: "d0e8e7fe", type: "net.authorize.payment.capture.created", entity: "60020981676", time: NOON },
};
