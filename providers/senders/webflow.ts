import { body, header } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://developers.webflow.com/data/reference/request-signatures",
  where: "POST /sites/{site_id}/webhooks of the Data API",
  secret: "the client secret of the OAuth app, or the secretKey of the answer",
  notes: "Webhooks that are made in the dashboard are not signed, and are rejected here.",
};

export default timestampedHmac({
  id: "webflow",
  name: "Webflow",
  header: "x-webflow-signature",
  timestamp: { ms: header("x-webflow-timestamp") },
  content: [timestamp, ":", body],
  event: { type: "triggerType", entity: ["payload.siteId", "payload.id"] },
  otherwise: { by: "body-and-time", because: "A body such as that of an inventory can come back as it was." },
});

export const sample: Sample = {
  body: { triggerType: "form_submission", payload: { siteId: "s1" } },
  event: { type: "form_submission", entity: "s1" },
};
