import { NOON, type Sample, type Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://docs.withpersona.com/webhooks",
  where: "Dashboard > Webhooks",
  secret: "the webhook secret",
};

/** While a secret is exchanged, the header has two lists, separated by a space, each with a time of its own. */
export default timestampedHmac({
  id: "persona",
  name: "Persona",
  header: "Persona-Signature",
  ...likeStripe("s"),
  list: { signature: "v1", groups: " " },
  success: 200,
  event: {
    id: "data.id",
    type: "data.attributes.name",
    time: "data.attributes.created-at",
    entity: "data.attributes.payload.data.id",
  },
});

export const sample: Sample = {
  body: {
    data: {
      id: "evt_1",
      attributes: { name: "inquiry.completed", "created-at": NOON, payload: { data: { id: "inq_1" } } },
    },
  },
  event: { id: "evt_1", type: "inquiry.completed", entity: "inq_1", time: NOON },
};
