import type { KeyFormat, Scheme } from "../engine/scheme";
import { body, header, path } from "../engine/references";
import type { EventLocations } from "../engine/event-locations";
import { define, type Entry } from "./entry";

const WHSEC: KeyFormat = { encoding: "base64", stripPrefix: "whsec_" };

interface Standard extends Omit<Entry, "event"> {
  readonly event?: Partial<EventLocations>;
  readonly prefixes: readonly string[];
  readonly key?: KeyFormat;
}

/**
 * `{id}.{timestamp}.{body}` with the three headers under one or more prefixes.
 *
 * An id may hold full stops, as in the official libraries. It does not make another reading of the same signed bytes
 * possible: between two stops there must be a time within the window, and what would then be left as the body begins
 * with digits and a full stop, which no JSON document but a bare number does.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
function content(prefixes: readonly string[]) {
  const named = (part: string): readonly string[] => prefixes.map((prefix) => `${prefix}-${part}`);
  const id = header(...named("id"));
  const timestamp = header(...named("timestamp"));
  const event: EventLocations = {
    otherwise: { by: "body-and-time", because: "Every request that is signed has the id." },
    // Signed, and the same for every attempt.
    id: [id],
    type: [[path("type")]],
    // The header's timestamp is that of the attempt.
    time: [{ at: path("timestamp"), unit: "iso" }],
  };
  return {
    event,
    signatures: named("signature"),
    timestamp: { at: timestamp, unit: "s", window: 300 } as const,
    content: [id, ".", timestamp, ".", body],
  };
}

function signatures(headers: readonly string[], signature: string) {
  return {
    headers,
    value: { form: "list", separator: " ", pair: ",", signature },
    encoding: "base64",
  } as const;
}

function standard({ prefixes, key, event, ...entry }: Standard): Scheme {
  const shared = content(prefixes);
  return define(
    { ...entry, event: { ...shared.event, ...event } },
    {
      kind: "hmac",
      hash: "sha256",
      key: key ?? WHSEC,
      signature: signatures(shared.signatures, "v1"),
      timestamp: shared.timestamp,
      content: shared.content,
    },
  );
}

export const standardWebhooks = standard({
  id: "standard-webhooks",
  name: "Standard Webhooks",
  docs: "https://www.standardwebhooks.com",
  confidence: "vector",
  setup: { where: "the sender's page for webhook endpoints", secret: "the endpoint's secret (whsec_...)" },
  prefixes: ["webhook"],
});

const v1a = content(["webhook"]);

/** The asymmetric signatures of Standard Webhooks. Only the configured public keys are trusted. */
export const standardWebhooksV1a = define(
  {
    id: "standard-webhooks-v1a",
    name: "Standard Webhooks, asymmetric (v1a)",
    docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    confidence: "vector",
    setup: { where: "the sender's page for webhook endpoints", secret: "the public key (whpk_...)" },
    event: v1a.event,
  },
  {
    kind: "public-key",
    algorithm: "ed25519",
    key: { encoding: "raw-base64", stripPrefix: "whpk_" },
    signature: signatures(v1a.signatures, "v1a"),
    timestamp: v1a.timestamp,
    content: v1a.content,
  },
);

/** Svix lets its customers send the headers under the standard's neutral names. */
export const svix = standard({
  id: "svix",
  name: "Svix",
  docs: "https://docs.svix.com/receiving/verifying-payloads/how",
  confidence: "vector",
  setup: {
    where: "the application portal > Endpoints > Add Endpoint",
    secret: "the endpoint's signing secret (whsec_...)",
  },
  prefixes: ["svix", "webhook"],
});

export const clerk = standard({
  id: "clerk",
  name: "Clerk",
  docs: "https://clerk.com/docs/integrations/webhooks/overview",
  confidence: "secondary",
  setup: {
    where: "Dashboard > Configure > Webhooks > Add Endpoint",
    secret: "the signing secret of the endpoint",
  },
  prefixes: ["svix"],
  event: { time: [{ at: path("timestamp"), unit: "ms" }], entity: [path("data.user_id"), path("data.id")] },
});

export const resend = standard({
  id: "resend",
  name: "Resend",
  docs: "https://resend.com/docs/webhooks",
  confidence: "secondary",
  setup: { where: "Webhooks > Add Webhook", secret: "the signing secret of the webhook" },
  prefixes: ["svix"],
  event: {
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("data.email_id"), path("data.id")],
  },
});

/** The id in the header is that of the webhook, the one in the body that of the event. */
export const openai = standard({
  id: "openai",
  name: "OpenAI",
  docs: "https://platform.openai.com/docs/guides/webhooks",
  confidence: "vector",
  setup: {
    where: "Settings > your project > Webhooks > Create",
    secret: "the signing secret that is shown once",
  },
  prefixes: ["webhook"],
  event: { time: [{ at: path("created_at"), unit: "s" }], entity: [path("data.id")] },
});

export const replicate = standard({
  id: "replicate",
  name: "Replicate",
  docs: "https://replicate.com/docs/topics/webhooks/verify-webhook",
  confidence: "secondary",
  setup: {
    where: "webhook of the request that starts a prediction",
    secret: "key of GET /v1/webhooks/default/secret",
  },
  prefixes: ["webhook"],
  // The body is the prediction; some sources name a type.
  event: { type: [[path("type")], [path("status")]], entity: [path("id")] },
});

export const gitlabSigned = standard({
  id: "gitlab-signed",
  name: "GitLab signing token",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  confidence: "official",
  setup: { where: "Settings > Webhooks > Add new webhook", secret: "the signing token of the webhook" },
  prefixes: ["webhook"],
  event: {
    type: [[header("X-Gitlab-Event")]],
    time: [],
    entity: [path("project.id"), path("project_id"), path("group_id")],
  },
});

/** The dashboard's secret is the key as text: Polar tells its users to encode it as base64 for the usual libraries. */
export const polar = standard({
  id: "polar",
  name: "Polar",
  docs: "https://polar.sh/docs/integrate/webhooks/delivery",
  confidence: "secondary",
  setup: {
    where: "Settings > Webhooks > Add Endpoint",
    secret: "the endpoint's secret as it is shown, not encoded",
  },
  prefixes: ["webhook"],
  key: { encoding: "utf8" },
  event: { entity: [path("data.customer_id"), path("data.id")] },
});

export const brex = standard({
  id: "brex",
  name: "Brex",
  docs: "https://developer.brex.com/docs/webhooks/",
  confidence: "secondary",
  setup: { where: "POST /v1/webhooks of the API", secret: "a secret of GET /v1/webhooks/secrets" },
  prefixes: ["svix"],
  event: { type: [[path("event_type")], [path("type")]], entity: [path("transfer_id"), path("company_id")] },
});

/** Hooks that are named in a request are signed with Google's rotating keys instead. */
export const gemini = standard({
  id: "gemini",
  name: "Google Gemini (static webhooks)",
  docs: "https://ai.google.dev/gemini-api/docs/webhooks",
  confidence: "secondary",
  setup: { where: "the webhooks of the Gemini API", secret: "the signing secret of the webhook" },
  prefixes: ["webhook"],
  event: { entity: [path("data.id")] },
});
