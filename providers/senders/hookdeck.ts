import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyRequestHasTheHeader } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://hookdeck.com/docs/verification",
  where: "a connection > Destination > HTTP",
  secret: "the signing secret of Settings > Secrets",
};

/**
 * Hookdeck's own signature of the requests that it forwards. It also forwards the headers of the first provider, which
 * are not checked.
 */
export default bodyHmac({
  id: "hookdeck",
  name: "Hookdeck Event Gateway",
  header: "x-hookdeck-signature",
  encoding: "base64",
  event: { deliveryId: "x-hookdeck-eventid" },
  otherwise: everyRequestHasTheHeader,
});

export const sample: Sample = { body: { anything: 1 }, event: { type: "unknown" } };
