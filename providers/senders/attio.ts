import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyRequestHasTheHeader } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.attio.com/rest-api/guides/webhooks",
  where: "Workspace settings > Developers > your integration > Webhooks",
  secret: "the webhook's secret",
};

export default bodyHmac({
  id: "attio",
  name: "Attio",
  header: "Attio-Signature",
  event: { type: ["events.*.event_type", { text: "batch" }], entity: "events.*.id.record_id" },
  otherwise: everyRequestHasTheHeader,
  elements: { at: "events.*", type: "event_type", entity: "id.record_id" },
});

export const sample: Sample = {
  body: { events: [{ event_type: "record.updated", id: { record_id: "rec1" } }] },
  event: { type: "record.updated", entity: "rec1" },
};
