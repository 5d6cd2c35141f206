import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyChangeHasItsTime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
  where: "Settings > Webhooks",
  secret: "the text that you enter as Signing secret",
};

export default bodyHmac({
  id: "lemonsqueezy",
  name: "Lemon Squeezy",
  header: "X-Signature",
  success: 200,
  event: { type: "meta.event_name", entity: ["data.attributes.customer_id", "data.id"] },
  otherwise: everyChangeHasItsTime,
});

export const sample: Sample = {
  body: { meta: { event_name: "order_created" }, data: { id: "1", attributes: { customer_id: 2 } } },
  event: { type: "order_created", entity: "2" },
};
