import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/",
  where: "developer.xero.com > My Apps > your app > Webhooks",
  secret: "the webhooks key",
  notes: "Xero tests the address with signed and wrongly signed requests and expects 200 and 401.",
};

/** The key looks like base64, but its text is the key. Bodies are batches of events. */
export default bodyHmac({
  id: "xero",
  name: "Xero",
  header: "x-xero-signature",
  encoding: "base64",
  success: 200,
  event: {
    // Leave out `entropy`, whose characters may differ between attempts.
    hashOf: ["firstEventSequence", "lastEventSequence", "events.*.resourceId", "events.*.eventDateUtc"],
    type: [["events.*.eventCategory", "events.*.eventType"], { text: "batch" }],
    time: { "iso-utc": "events.*.eventDateUtc" },
    entity: "events.*.tenantId",
  },
  otherwise: { by: "body", because: "Every body has random characters (entropy), and every event its time." },
  elements: {
    at: "events.*",
    hashOf: "element",
    type: [["eventCategory", "eventType"]],
    time: { "iso-utc": "eventDateUtc" },
    entity: "tenantId",
  },
});

export const sample: Sample = {
  body: {
    firstEventSequence: 1,
    lastEventSequence: 2,
    events: [
      {
        eventCategory: "INVOICE",
        eventType: "UPDATE",
        tenantId: "t1",
        resourceId: "r1",
        eventDateUtc: "2026-03-01T12:00:00.000",
      },
      {
        eventCategory: "INVOICE",
        eventType: "UPDATE",
        tenantId: "t1",
        resourceId: "r1",
        eventDateUtc: "2026-03-01T12:00:00.000",
      },
    ],
  },
  event: { type: "INVOICE.UPDATE", entity: "t1", time: NOON },
};
