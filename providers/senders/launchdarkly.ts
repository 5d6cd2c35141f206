import { path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://launchdarkly.com/docs/integrations/webhooks",
  where: "Integrations > Webhooks > Add integration, with Sign this webhook",
  secret: "the secret shown there",
};

export const sample: Sample = {
  body: { _id: "5f8", kind: "flag", date: 1772366400000, name: "new-checkout" },
  event: { id: "5f8", type: "flag", entity: "new-checkout", time: "2026-03-01T12:00:00.000Z" },
};

export default bodyHmac({
  id: "launchdarkly",
  name: "LaunchDarkly",
  confidence: "secondary",
  header: "X-LD-Signature",
  event: {
    otherwise: everyEventHasAnId,
    id: [path("_id")],
    type: [[path("kind")]],
    time: [{ at: path("date"), unit: "ms" }],
    entity: [path("target._links.self.href"), path("name")],
  },
});
