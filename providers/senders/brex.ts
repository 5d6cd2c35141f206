import type { Sample, Setup } from "../engine/sender";
import { standardWebhooks } from "../recipes/standard-webhooks";

export const setup: Setup = {
  docs: "https://developer.brex.com/docs/webhooks/",
  where: "POST /v1/webhooks of the API",
  secret: "a secret of GET /v1/webhooks/secrets",
};

export default standardWebhooks({
  id: "brex",
  name: "Brex",
  prefixes: ["svix"],
  event: { type: ["event_type", "type"], entity: ["transfer_id", "company_id"] },
});

export const sample: Sample = {
  headers: { "svix-id": "w1" },
  body: { event_type: "TRANSFER_PROCESSED", transfer_id: "t1" },
  event: { id: "w1", type: "TRANSFER_PROCESSED", entity: "t1" },
};
