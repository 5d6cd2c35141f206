import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  where: "a form > Connect > Webhooks > Add a webhook",
  secret: "the text that you enter as Secret under Edit",
};

/** The prefix is the same as GitHub's, but the signature is base64. */
export default bodyHmac({
  id: "typeform",
  name: "Typeform",
  header: "Typeform-Signature",
  prefix: "sha256=",
  encoding: "base64",
  event: {
    id: "event_id",
    type: "event_type",
    time: "form_response.submitted_at",
    entity: "form_response.form_id",
  },
});

export const sample: Sample = {
  body: { event_id: "t1", event_type: "form_response", form_response: { form_id: "f1", submitted_at: NOON } },
  event: { id: "t1", type: "form_response", entity: "f1", time: NOON },
};
