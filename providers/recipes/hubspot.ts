import type { ContentPart, Scheme } from "../engine/scheme";
import { defineScheme, type Entry } from "./define-scheme";
import type { ElementsEntry } from "./event-entry";

/** HubSpot's first two versions: a plain hash that begins with the secret. */
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

/** HubSpot's events: `eventId` alone is not unique, by its documentation. */
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
