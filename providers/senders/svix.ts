import type { Sample, Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://docs.svix.com/receiving/verifying-payloads/how",
  where: "the application portal > Endpoints > Add Endpoint",
  secret: "the endpoint's signing secret (whsec_...)",
};

/** Svix lets its customers send the headers under the neutral names of Standard Webhooks. */
export default standardWebhooks({
  id: "svix",
  name: "Svix",
  confidence: "vector",
  prefixes: ["svix", "webhook"],
});

export const sample: Sample = {
  headers: { "svix-id": "msg_1" },
  body: { type: "a.b" },
  event: { id: "msg_1", type: "a.b" },
};
