import { body, method, secret, url } from "../engine/references";
import type { Sample } from "../engine/sender";
import { hubspotDigest, hubspotDigestSetup } from "../recipes/hubspot";

export const setup = hubspotDigestSetup;

/** For workflow actions and CRM cards. */
export default hubspotDigest({
  id: "hubspot-v2",
  name: "HubSpot v2",
  confidence: "vector",
  content: [secret, method, url, body],
  event: {
    // Only workflow actions have this id.
    id: "callbackId",
    entity: ["object.objectId", "portalId"],
  },
  otherwise: { by: "request", because: "What is no workflow action has no id." },
});

export const sample: Sample = {
  body: { callbackId: "ap-1", portalId: 62515 },
  event: { id: "ap-1", type: "unknown", entity: "62515" },
};
