import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
  where: "Settings > System > WebHooks > Create a WebHook",
  secret: "the text that you enter as Secret",
  notes: "Without a secret Jira does not sign, and its webhooks are rejected here.",
};

export default bodyHmac({
  id: "jira",
  name: "Jira Cloud",
  confidence: "vector",
  header: "X-Hub-Signature",
  prefix: "sha256=",
  event: {
    deliveryId: "X-Atlassian-Webhook-Identifier",
    type: "webhookEvent",
    time: { ms: "timestamp" },
    entity: ["issue.id", "project.id"],
  },
  otherwise: { by: "body", because: "Every body has the time of the event in milliseconds." },
});

export const sample: Sample = {
  body: { webhookEvent: "jira:issue_updated", timestamp: NOON_MS, issue: { id: "10002" } },
  event: { type: "jira:issue_updated", entity: "10002", time: NOON },
};
