import { header } from "../engine/references";
import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://www.revenuecat.com/docs/integrations/webhooks",
  where: "the project > Integrations > Webhooks > Add new configuration",
  secret: "the whole text that you choose as Authorization header value",
};

export default sharedToken({
  id: "revenuecat",
  name: "RevenueCat",
  confidence: "official",
  at: header("Authorization"),
  event: {
    id: "event.id",
    type: "event.type",
    time: { ms: "event.event_timestamp_ms" },
    entity: "event.app_user_id",
  },
});

export const sample: Sample = {
  body: {
    api_version: "1.0",
    event: {
      id: "12345678-1234-1234-1234-123456789012",
      type: "INITIAL_PURCHASE",
      event_timestamp_ms: NOON_MS,
      app_user_id: "u1",
    },
  },
  event: { id: "12345678-1234-1234-1234-123456789012", type: "INITIAL_PURCHASE", entity: "u1", time: NOON },
};
