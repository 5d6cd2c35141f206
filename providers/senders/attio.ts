import { path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyRequestHasTheHeader } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.attio.com/rest-api/guides/webhooks",
  where: "Workspace settings > Developers > your integration > Webhooks",
  secret: "the webhook's secret",
};

export const sample: Sample = {
  body: { events: [{ event_type: "record.updated", id: { record_id: "rec1" } }] },
  event: { type: "record.updated", entity: "rec1" },
};

export default bodyHmac({
  id: "attio",
  name: "Attio",
  confidence: "secondary",
  header: "Attio-Signature",
  event: {
    otherwise: everyRequestHasTheHeader,
    type: [[path("events.*.event_type")], ["batch"]],
    entity: [path("events.*.id.record_id")],
  },
  elements: {
    at: [path("events.*")],
    type: [[path("event_type")]],
    entity: [path("id.record_id")],
  },
});
