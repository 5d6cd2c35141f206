import { body, secret } from "../engine/references";
import { NOON, NOON_MS, type Sample } from "../engine/sender";
import { hubspotDigest, hubspotElements, hubspotDigestSetup } from "../recipes/hubspot";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup = hubspotDigestSetup;

/** A body is a batch of events that count their attempts, so the id is a hash of the values that do not change. */
export default hubspotDigest({
  id: "hubspot-v1",
  name: "HubSpot v1",
  confidence: "vector",
  content: [secret, body],
  event: {
    hashOf: ["*.eventId", "*.subscriptionId", "*.portalId", "*.occurredAt", "*.subscriptionType"],
    type: ["*.subscriptionType", { text: "batch" }],
    time: { ms: "*.occurredAt" },
    entity: ["*.objectId", "*.portalId"],
  },
  otherwise: everyEventHasAnId,
  elements: hubspotElements,
});

export const sample: Sample = {
  body: [
    {
      eventId: 1,
      subscriptionId: 12345,
      portalId: 62515,
      occurredAt: NOON_MS,
      subscriptionType: "contact.creation",
      attemptNumber: 0,
      objectId: 123,
    },
  ],
  event: { type: "contact.creation", entity: "123", time: NOON },
};
