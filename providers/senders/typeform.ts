import { path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  where: "a form > Connect > Webhooks > Add a webhook",
  secret: "the text that you enter as Secret under Edit",
};

export const sample: Sample = {
  body: {
    event_id: "LtWXD3crgy",
    event_type: "form_response",
    form_response: { form_id: "lT4Z3j", submitted_at: "2026-03-01T12:00:00.000Z" },
  },
  event: { id: "LtWXD3crgy", type: "form_response", entity: "lT4Z3j", time: "2026-03-01T12:00:00.000Z" },
};

/** The prefix is that of GitHub, the digest is base64. */
export default bodyHmac({
  id: "typeform",
  name: "Typeform",
  confidence: "secondary",
  header: "Typeform-Signature",
  prefix: "sha256=",
  encoding: "base64",
  event: {
    otherwise: everyEventHasAnId,
    id: [path("event_id")],
    type: [[path("event_type")]],
    time: [{ at: path("form_response.submitted_at"), unit: "iso" }],
    entity: [path("form_response.form_id")],
  },
});
