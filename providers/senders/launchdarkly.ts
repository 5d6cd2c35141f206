import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://launchdarkly.com/docs/integrations/webhooks",
  where: "Integrations > Webhooks > Add integration, with Sign this webhook",
  secret: "the secret shown there",
};

export default bodyHmac({
  id: "launchdarkly",
  name: "LaunchDarkly",
  header: "X-LD-Signature",
  event: { id: "_id", type: "kind", time: { ms: "date" }, entity: ["target._links.self.href", "name"] },
});

export const sample: Sample = {
  body: { _id: "5f8", kind: "flag", date: NOON_MS, name: "new-checkout" },
  event: { id: "5f8", type: "flag", entity: "new-checkout", time: NOON },
};
