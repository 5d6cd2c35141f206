import { body, method, secret, url } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { hubspotDigest } from "../recipes/hubspot";

export const setup: Setup = {
  docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
  where: "your app > Webhooks",
  secret: "the app's client secret, on Auth",
  notes: "HubSpot signs with a plain hash here; where you can, take the scheme for v3.",
};

/** Workflow actions and CRM cards. */
export default hubspotDigest({
  id: "hubspot-v2",
  name: "HubSpot v2",
  confidence: "vector",
  content: [secret, method, url, body],
  event: {
    // Of a workflow action.
    id: "callbackId",
    entity: ["object.objectId", "portalId"],
  },
  otherwise: { by: "request", because: "What is no workflow action has no id." },
});

export const sample: Sample = {
  body: { callbackId: "ap-1", portalId: 62515 },
  event: { id: "ap-1", type: "unknown", entity: "62515" },
};
