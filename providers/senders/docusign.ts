import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developers.docusign.com/platform/webhooks/connect/validate/",
  where: "Settings > Connect > Add configuration, with Include HMAC signature",
  secret: "a key of Settings > Connect > Connect keys",
};

/** DocuSign sends one numbered header for each active key. */
export default bodyHmac({
  id: "docusign",
  name: "DocuSign Connect",
  confidence: "official",
  header: "X-DocuSign-Signature",
  read: "numbered",
  encoding: "base64",
  event: {
    // Leave out `retryCount`, which counts the attempts.
    hashOf: ["event", "configurationId", "generatedDateTime", "data.envelopeId"],
    type: "event",
    time: "generatedDateTime",
    entity: "data.envelopeId",
  },
  otherwise: { by: "body", because: "Every body has the time at which it was made." },
});

export const sample: Sample = {
  body: {
    event: "envelope-completed",
    retryCount: 0,
    configurationId: 1,
    generatedDateTime: NOON,
    data: { envelopeId: "env1" },
  },
  event: { type: "envelope-completed", entity: "env1", time: NOON },
};
