import type { Sample, Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://polar.sh/docs/integrate/webhooks/delivery",
  where: "Settings > Webhooks > Add Endpoint",
  secret: "the endpoint's secret as it is shown, not encoded",
};

/**
 * The text of the dashboard's secret is the key. Polar advises its users to encode it as base64 for the usual
 * libraries.
 */
export default standardWebhooks({
  id: "polar",
  name: "Polar",
  prefixes: ["webhook"],
  key: { encoding: "utf8" },
  event: { entity: ["data.customer_id", "data.id"] },
});

export const sample: Sample = {
  headers: { "webhook-id": "w1" },
  body: { type: "order.paid", data: { customer_id: "c1" } },
  event: { id: "w1", type: "order.paid", entity: "c1" },
};
