import { body, field } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://buildkite.com/docs/apis/webhooks/pipelines",
  where: "Organization Settings > Notification Services > Webhook",
  secret: "the token, with its setting on sending a signature",
};

export default timestampedHmac({
  id: "buildkite",
  name: "Buildkite",
  header: "X-Buildkite-Signature",
  list: { signature: "signature" },
  timestamp: { "s-or-ms": field("timestamp") },
  content: [timestamp, ".", body],
  event: { type: "event", entity: ["build.id", "pipeline.id"] },
  otherwise: { by: "body-and-time", because: "An agent or a job can come back to the state that it was in." },
});

export const sample: Sample = {
  body: { event: "build.finished", build: { id: "b1" } },
  event: { type: "build.finished", entity: "b1" },
};
