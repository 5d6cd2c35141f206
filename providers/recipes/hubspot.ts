import type { Elements } from "../engine/event-locations";
import { path } from "../engine/references";
import type { ContentPart, Scheme } from "../engine/scheme";
import { defineScheme, type Entry } from "./define-scheme";

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
export const hubspotElements: Elements = {
  at: [path("*")],
  id: [
    ["eventId", "subscriptionId", "portalId", "occurredAt", "objectId"].map((name) => path(name)),
    ["eventId", "subscriptionId", "portalId", "occurredAt"].map((name) => path(name)),
  ],
  type: [[path("subscriptionType")]],
  time: [{ at: path("occurredAt"), unit: "ms" }],
  entity: [path("objectId"), path("portalId")],
};
