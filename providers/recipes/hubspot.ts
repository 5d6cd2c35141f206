import type { Setup } from "../engine/sender";
import type { ContentPart, Scheme } from "../engine/scheme";
import { defineScheme, type Entry } from "./define-scheme";
import type { ElementsEntry } from "./event-entry";

/** Returns a scheme of HubSpot's first two versions: a plain hash that begins with the secret. */
export function hubspotDigest({
  content,
  ...entry
}: Entry & { readonly content: readonly ContentPart[] }): Scheme {
  return defineScheme({
    ...entry,
    verify: {
      kind: "digest",
      hash: "sha256",
      signature: { headers: ["X-HubSpot-Signature"], value: { form: "whole" }, encoding: "hex" },
      content,
    },
  });
}

/** HubSpot's events in a body. `eventId` alone is not unique, according to HubSpot's docs. */
export const hubspotElements: ElementsEntry = {
  at: "*",
  id: [
    ["eventId", "subscriptionId", "portalId", "occurredAt", "objectId"],
    ["eventId", "subscriptionId", "portalId", "occurredAt"],
  ],
  type: "subscriptionType",
  time: { ms: "occurredAt" },
  entity: ["objectId", "portalId"],
};

const docs = "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests";
const where = "your app > Webhooks";
const secret = "the app's client secret, on Auth";

export const hubspotSetup: Setup = { docs, where, secret };

/** Setup for the first two versions. */
export const hubspotDigestSetup: Setup = {
  docs,
  where,
  secret,
  notes: "HubSpot signs with a plain hash here; where you can, take the scheme for v3.",
};
