import { body, header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { everyRequestHasTheHeader } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.wise.com/api-docs/features/webhooks-notifications/event-handling",
  where: "Settings > Developer tools > Webhooks, or the API",
  secret: "Wise's public key for webhooks of production or sandbox, from its docs",
};

export const sample: Sample = {
  body: {
    event_type: "transfers#state-change",
    data: { occurred_at: "2026-03-01T12:00:00.000Z", resource: { id: 111 } },
  },
  event: { type: "transfers#state-change", entity: "111", time: "2026-03-01T12:00:00.000Z" },
};

export default defineScheme({
  id: "wise",
  name: "Wise",
  confidence: "secondary",
  success: { status: 200 },
  verify: {
    kind: "public-key",
    algorithm: "rsa-sha256",
    key: { encoding: "spki" },
    signature: { headers: ["X-Signature-SHA256"], value: { form: "whole" }, encoding: "base64" },
    content: [body],
  },
  event: {
    otherwise: everyRequestHasTheHeader,
    deliveryId: header("X-Delivery-Id"),
    type: [[path("event_type")]],
    time: [{ at: path("data.occurred_at"), unit: "iso" }],
    entity: [path("data.resource.id")],
  },
});
