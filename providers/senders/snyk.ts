import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.snyk.io/developer-tools/snyk-api/using-specific-snyk-apis/webhooks-apis/validation-and-versioning-of-payloads",
  where: "Create a webhook of the API: POST /v1/org/{orgId}/webhooks",
  secret: "the secret that you chose in that request",
};

export default bodyHmac({
  id: "snyk",
  name: "Snyk",
  confidence: "official",
  header: "X-Hub-Signature",
  prefix: "sha256=",
  event: {
    deliveryId: "X-Snyk-Transport-ID",
    type: header("X-Snyk-Event"),
    time: header("X-Snyk-Timestamp"),
    entity: ["project.id", "org.id", "webhookId"],
  },
});

export const sample: Sample = {
  headers: { "X-Snyk-Event": "project_snapshot/v0", "X-Snyk-Timestamp": NOON },
  body: { project: { id: "af137b96" }, newIssues: [], removedIssues: [] },
  event: { type: "project_snapshot/v0", entity: "af137b96", time: NOON },
};
