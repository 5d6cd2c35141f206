import { body, field, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestampedHmac } from "../recipes/timestamped-hmac";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.withpersona.com/webhooks",
  where: "Dashboard > Webhooks",
  secret: "the webhook secret",
};

export const sample: Sample = {
  body: {
    data: {
      id: "evt_1",
      attributes: {
        name: "inquiry.completed",
        "created-at": "2026-03-01T12:00:00.000Z",
        payload: { data: { id: "inq_1" } },
      },
    },
  },
  event: { id: "evt_1", type: "inquiry.completed", entity: "inq_1", time: "2026-03-01T12:00:00.000Z" },
};

/** While a secret is exchanged the header holds two lists, separated by a space, each with a time of its own. */
export default timestampedHmac({
  id: "persona",
  name: "Persona",
  confidence: "secondary",
  header: "Persona-Signature",
  value: { form: "list", separator: ",", pair: "=", signature: "v1", groups: " " },
  timestamp: { at: field("t"), unit: "s", window: 300 },
  content: [field("t"), ".", body],
  success: { status: 200 },
  event: {
    otherwise: everyEventHasAnIdAndATime,
    id: [path("data.id")],
    type: [[path("data.attributes.name")]],
    time: [{ at: path("data.attributes.created-at"), unit: "iso" }],
    entity: [path("data.attributes.payload.data.id")],
  },
});
