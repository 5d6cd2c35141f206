import { path } from "../engine/references";
import type { Elements } from "../engine/event-locations";

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
