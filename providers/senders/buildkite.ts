import { body, field, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://buildkite.com/docs/apis/webhooks/pipelines",
  where: "Organization Settings > Notification Services > Webhook",
  secret: "the token, with its setting on sending a signature",
};

export const sample: Sample = {
  body: { event: "build.finished", build: { id: "b1" } },
  event: { type: "build.finished", entity: "b1" },
};

export default timestampedHmac({
  id: "buildkite",
  name: "Buildkite",
  confidence: "secondary",
  header: "X-Buildkite-Signature",
  value: { form: "list", separator: ",", pair: "=", signature: "signature" },
  timestamp: { at: field("timestamp"), unit: "s-or-ms", window: 300 },
  content: [field("timestamp"), ".", body],
  event: {
    otherwise: {
      by: "body-and-time",
      because: "An agent or a job can come back to the state that it was in.",
    },
    type: [[path("event")]],
    entity: [path("build.id"), path("pipeline.id")],
  },
});
