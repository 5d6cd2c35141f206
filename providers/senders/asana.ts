import { describedBy } from "../engine/headers";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { NOSNIFF, shortToken, unprovedChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developers.asana.com/docs/webhooks-guide",
  where: "POST /webhooks of the API",
  secret: "none to copy: Asana sends it in its first request",
  notes:
    'Each Asana webhook has a secret of its own. For one more at the same address store `["learn", "<the secret that is there>"]` before it is created; without that its first request is rejected.',
};

/** Handshake in Asana's first request: a header has the secret, and the answer repeats it. */
const hookSecret = unprovedChallenge(
  "POST",
  ({ request }) => {
    const signed = describedBy(request.headers, ["x-hook-signature"]) !== undefined;
    const secret = shortToken(
      describedBy(request.headers, ["x-hook-secret"]),
      /^[A-Za-z0-9._~+/=-]{16,256}$/,
    );
    if (signed || secret === undefined) return undefined;
    return { status: 200, headers: { "x-hook-secret": secret, ...NOSNIFF }, body: "", learn: secret };
  },
  { teaches: true },
);

/** A request without events is a heartbeat; it is published like any other. */
export default bodyHmac({
  id: "asana",
  name: "Asana",
  header: "X-Hook-Signature",
  handshakes: [hookSecret],
  event: {
    type: [["events.*.resource.resource_type", "events.*.action"]],
    time: "events.*.created_at",
    entity: "events.*.resource.gid",
  },
  otherwise: {
    by: "body",
    because: "Every event has a time in milliseconds; a heartbeat without events says nothing new.",
  },
  elements: {
    at: "events.*",
    hashOf: "element",
    type: [["resource.resource_type", "action"]],
    time: "created_at",
    entity: "resource.gid",
  },
});

export const sample: Sample = {
  body: { events: [{ action: "added", created_at: NOON, resource: { gid: "1337", resource_type: "task" } }] },
  event: { type: "task.added", entity: "1337", time: NOON },
};
