import type { Scheme } from "../engine/scheme";
import { body, path } from "../engine/references";

/* HMAC over the raw body with a secret that the sender chooses and tells in its first request, see questions.ts. */

/** A request without events is a heartbeat; it goes through like any other. */
export const asana: Scheme = {
  id: "asana",
  name: "Asana",
  docs: "https://developers.asana.com/docs/webhooks-guide",
  confidence: "secondary",
  setup: {
    where: "POST /webhooks of the API",
    secret: "none to copy: Asana tells it in its first request",
    notes:
      'Each Asana webhook has a secret of its own. For one more at the same address store `["learn", "<the secret that is there>"]` before it is created; without that its first request is refused.',
  },
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: { headers: ["X-Hook-Signature"], value: { form: "whole" }, encoding: "hex" },
    content: [body],
  },
  event: {
    otherwise: {
      by: "body",
      because: "Every event has a time in milliseconds; a heartbeat without events says nothing new.",
    },
    id: [],
    type: [[path("events.*.resource.resource_type"), ".", path("events.*.action")]],
    time: [{ at: path("events.*.created_at"), unit: "iso" }],
    entity: [path("events.*.resource.gid")],
  },
  elements: {
    at: [path("events.*")],
    hashOf: "element",
    type: [[path("resource.resource_type"), path("action")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("resource.gid")],
  },
};

export const notion: Scheme = {
  id: "notion",
  name: "Notion",
  docs: "https://developers.notion.com/reference/webhooks",
  confidence: "secondary",
  setup: {
    where: "your integration > Webhooks > Create a subscription",
    secret:
      "none to copy: Notion tells it in its first request; read it from the parameter and enter it at Notion",
  },
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: {
      headers: ["X-Notion-Signature"],
      value: { form: "whole", prefix: "sha256=" },
      encoding: "hex",
    },
    content: [body],
  },
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("timestamp"), unit: "iso" }],
    entity: [path("entity.id")],
  },
};
