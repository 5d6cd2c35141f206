import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://airtable.com/developers/web/api/webhooks-overview",
  where: "POST /v0/bases/{baseId}/webhooks of the Web API",
  secret: "macSecretBase64 of its answer",
  notes: "A webhook expires after 7 days without a refresh.",
};

/** A webhook is a notification without content: the consumer fetches the payloads with a cursor. */
export default bodyHmac({
  id: "airtable",
  name: "Airtable",
  confidence: "vector",
  header: "X-Airtable-Content-MAC",
  prefix: "hmac-sha256=",
  key: { encoding: "base64" },
  success: 200,
  event: { time: "timestamp", entity: "base.id" },
  otherwise: { by: "body", because: "Every hint has the time at which it was made." },
});

export const sample: Sample = {
  body: { base: { id: "app1" }, timestamp: NOON },
  event: { type: "unknown", entity: "app1", time: NOON },
};
