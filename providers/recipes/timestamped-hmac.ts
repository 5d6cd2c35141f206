import type { ContentPart, HmacVerification, Scheme, SignatureFormat } from "../engine/scheme";
import { body, field, header, path } from "../engine/references";
import type { TimeUnit } from "../engine/event-locations";
import { define, type Entry } from "./entry";

/*
 * HMAC over the time of signing and the raw body. The event's id, where there is one, is in the body and so is signed.
 * A window of 300 s stands where the sender publishes none: what the widest used libraries take.
 */

interface TimestampedHmac extends Entry {
  readonly header: string | readonly string[];
  readonly encoding?: SignatureFormat["encoding"];
  readonly read?: SignatureFormat["read"];
  readonly value: SignatureFormat["value"];
  readonly timestamp: HmacVerification["timestamp"];
  readonly content: readonly ContentPart[];
}

function timestamped({
  header,
  encoding,
  read,
  value,
  timestamp,
  content,
  ...entry
}: TimestampedHmac): Scheme {
  return define(entry, {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: {
      headers: typeof header === "string" ? [header] : header,
      value,
      encoding: encoding ?? "hex",
      ...(read && { read }),
    },
    ...(timestamp && { timestamp }),
    content,
  });
}

/** `t=<time>,v1=<signature>` over `<time>.<body>`, which many senders took over from Stripe. */
function likeStripe(unit: TimeUnit, window = 300, signature = "v1") {
  return {
    value: { form: "list", separator: ",", pair: "=", signature },
    timestamp: { at: field("t"), unit, window },
    content: [field("t"), ".", body],
  } as const;
}

const WHOLE = { form: "whole" } as const;

/**
 * The whole secret is the key, `whsec_` included; it is not base64 here. Stripe's own library has no bound for times
 * ahead of the clock; a captured request could wait behind it.
 */
export const stripe = timestamped({
  id: "stripe",
  name: "Stripe",
  docs: "https://docs.stripe.com/webhooks/signature",
  confidence: "vector",
  setup: {
    where: "Workbench > Webhooks > Add destination",
    secret: "the signing secret of the destination (whsec_...)",
  },
  header: "Stripe-Signature",
  ...likeStripe("s"),
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [path("id")],
    type: [[path("type")]],
    // Thin events (`v2.core.event`) have a text here.
    time: [
      { at: path("created"), unit: "s" },
      { at: path("created"), unit: "iso" },
    ],
    // Of a customer itself, the object's id is the customer's.
    entity: [path("data.object.customer"), path("data.object.id"), path("related_object.id")],
  },
});

const slackSentAt = header("X-Slack-Request-Timestamp");

/** Events API. The event's own type is inside an `event_callback`; other requests have a type of their own. */
export const slack: Scheme = {
  ...timestamped({
    id: "slack",
    name: "Slack",
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    confidence: "vector",
    setup: {
      where: "api.slack.com/apps > your app > Event Subscriptions > Request URL",
      secret: "the signing secret, on Basic Information",
    },
    header: "X-Slack-Signature",
    value: { form: "whole", prefix: "v0=" },
    timestamp: { at: slackSentAt, unit: "s", window: 300 },
    content: ["v0:", slackSentAt, ":", body],
    contentTypes: ["application/json", "application/x-www-form-urlencoded"],
    event: {
      otherwise: {
        by: "body-and-time",
        because:
          "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
      },
      id: [path("event_id")],
      type: [[path("event.type")], [path("type")]],
      time: [{ at: path("event_time"), unit: "s" }],
      entity: [path("event.channel"), path("event.item.channel"), path("team_id")],
    },
  }),
  handshakes: [{ when: { at: path("type"), equals: "url_verification" }, echo: path("challenge") }],
};

const zoomSentAt = header("x-zm-request-timestamp");

export const zoom = timestamped({
  id: "zoom",
  name: "Zoom",
  docs: "https://developers.zoom.us/docs/api/webhooks/",
  confidence: "official",
  setup: {
    where: "App Marketplace > your app > Feature > Event Subscriptions",
    secret: "the secret token of the app",
  },
  header: "x-zm-signature",
  value: { form: "whole", prefix: "v0=" },
  timestamp: { at: zoomSentAt, unit: "s-or-ms", window: 300 },
  content: ["v0:", zoomSentAt, ":", body],
  event: {
    otherwise: { by: "body", because: "Every body has the time of the event in milliseconds." },
    type: [[path("event")]],
    time: [{ at: path("event_ts"), unit: "ms" }],
    entity: [path("payload.object.id"), path("payload.account_id")],
  },
});

/**
 * Paddle's libraries take five seconds, and genuine requests come later than that
 * (https://github.com/PaddleHQ/paddle-node-sdk/issues/30). The event's id is signed and taken once, so the usual window
 * costs nothing.
 */
export const paddle = timestamped({
  id: "paddle",
  name: "Paddle Billing",
  docs: "https://developer.paddle.com/webhooks/signature-verification",
  confidence: "vector",
  setup: {
    where: "Developer Tools > Notifications > New destination",
    secret: "the secret key of the destination (pdl_ntfset_...)",
  },
  header: "Paddle-Signature",
  value: { form: "list", separator: ";", pair: "=", signature: "h1" },
  timestamp: { at: field("ts"), unit: "s", window: 300 },
  content: [field("ts"), ":", body],
  success: { status: 200 },
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [path("event_id")],
    type: [[path("event_type")]],
    time: [{ at: path("occurred_at"), unit: "iso" }],
    entity: [path("data.customer_id"), path("data.id")],
  },
});

const zendeskSentAt = header("X-Zendesk-Webhook-Signature-Timestamp");

export const zendesk = timestamped({
  id: "zendesk",
  name: "Zendesk",
  docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
  confidence: "official",
  setup: {
    where: "Admin Center > Apps and integrations > Webhooks > Create webhook",
    secret: "the signing secret on the webhook's page",
    notes:
      "Test requests of a webhook that is not saved yet are signed with a secret that everybody knows; they are refused.",
  },
  header: "X-Zendesk-Webhook-Signature",
  encoding: "base64",
  value: WHOLE,
  timestamp: { at: zendeskSentAt, unit: "iso", window: 300 },
  content: [zendeskSentAt, body],
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("time"), unit: "iso" }],
    entity: [path("detail.id"), path("account_id")],
  },
});

const twitchId = header("Twitch-Eventsub-Message-Id");
const twitchSentAt = header("Twitch-Eventsub-Message-Timestamp");

export const twitch = timestamped({
  id: "twitch",
  name: "Twitch EventSub",
  docs: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
  confidence: "official",
  setup: {
    where: "POST /helix/eventsub/subscriptions of the API",
    secret: "transport.secret of the same request",
  },
  header: "Twitch-Eventsub-Message-Signature",
  value: { form: "whole", prefix: "sha256=" },
  timestamp: { at: twitchSentAt, unit: "iso", window: 600 },
  content: [twitchId, twitchSentAt, body],
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [twitchId],
    type: [[path("subscription.type")]],
    entity: [path("event.broadcaster_user_id"), path("subscription.condition.broadcaster_user_id")],
  },
});

export const calendly = timestamped({
  id: "calendly",
  name: "Calendly",
  docs: "https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
  confidence: "secondary",
  setup: { where: "POST /webhook_subscriptions of the API", secret: "signing_key of the same request" },
  header: "Calendly-Webhook-Signature",
  ...likeStripe("s", 180),
  event: {
    otherwise: { by: "body", because: "Every body has the time of the event in microseconds." },
    type: [[path("event")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("payload.event"), path("payload.uri")],
  },
});

/** Milliseconds, and a space after the comma. */
export const workos = timestamped({
  id: "workos",
  name: "WorkOS",
  docs: "https://workos.com/docs/events/data-syncing/webhooks",
  confidence: "official",
  setup: { where: "Dashboard > Webhooks > Create webhook", secret: "the webhook's secret" },
  header: "WorkOS-Signature",
  ...likeStripe("ms", 180),
  success: { status: 200 },
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [path("id")],
    type: [[path("event")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("data.directory_id"), path("data.organization_id"), path("data.id")],
  },
});

/** The official page says milliseconds, some public receivers take seconds. XML webhooks are not signed. */
export const recurly = timestamped({
  id: "recurly",
  name: "Recurly (JSON)",
  docs: "https://docs.recurly.com/recurly-subscriptions/docs/signature-verification",
  confidence: "official",
  setup: {
    where: "Integrations > Webhooks > New endpoint, format JSON",
    secret: "the endpoint's secret key",
  },
  header: "recurly-signature",
  value: { form: "positions", separator: ",", fields: ["timestamp"] },
  timestamp: { at: field("timestamp"), unit: "s-or-ms", window: 300 },
  content: [field("timestamp"), ".", body],
  event: {
    otherwise: { by: "body-and-time", because: "The header is always there." },
    deliveryId: header("recurly-notification-id"),
    type: [[path("object_type"), ".", path("event_type")], [path("event_type")]],
    time: [{ at: path("event_time"), unit: "iso" }],
    entity: [path("account_code"), path("id")],
  },
});

export const mux = timestamped({
  id: "mux",
  name: "Mux",
  docs: "https://docs.mux.com",
  confidence: "vector",
  setup: { where: "Settings > Webhooks > Create new webhook", secret: "the signing secret of the webhook" },
  header: "Mux-Signature",
  ...likeStripe("s"),
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    // Stays while `attempts` beside it grows with each attempt.
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("object.id"), path("data.id")],
  },
});

/** The toolkit checks no time; a window keeps a captured request from being sent again for ever. */
export const sanity = timestamped({
  id: "sanity",
  name: "Sanity",
  docs: "https://www.sanity.io/docs/webhooks",
  confidence: "vector",
  setup: {
    where: "sanity.io/manage > your project > API > Webhooks",
    secret: "the text that you enter as Secret",
  },
  header: "sanity-webhook-signature",
  encoding: "base64url",
  ...likeStripe("ms"),
  event: {
    otherwise: {
      by: "body-and-time",
      because: "The header is always there; a projection can give the same body for every change.",
    },
    deliveryId: header("idempotency-key"),
    type: [[path("_type")]],
    entity: [path("_id")],
  },
});

/** While a secret is exchanged the header holds two lists, separated by a space, each with a time of its own. */
export const persona = timestamped({
  id: "persona",
  name: "Persona",
  docs: "https://docs.withpersona.com/webhooks",
  confidence: "secondary",
  setup: { where: "Dashboard > Webhooks", secret: "the webhook secret" },
  header: "Persona-Signature",
  value: { form: "list", separator: ",", pair: "=", signature: "v1", groups: " " },
  timestamp: { at: field("t"), unit: "s", window: 300 },
  content: [field("t"), ".", body],
  success: { status: 200 },
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [path("data.id")],
    type: [[path("data.attributes.name")]],
    time: [{ at: path("data.attributes.created-at"), unit: "iso" }],
    entity: [path("data.attributes.payload.data.id")],
  },
});

/** One catalogue has it as Standard Webhooks; the reference and a second source agree on this. */
export const elevenlabs = timestamped({
  id: "elevenlabs",
  name: "ElevenLabs",
  docs: "https://elevenlabs.io/docs",
  confidence: "secondary",
  setup: { where: "Settings > Webhooks", secret: "the secret that is shown once" },
  header: "ElevenLabs-Signature",
  ...likeStripe("s", 1800, "v0"),
  success: { status: 200 },
  event: {
    otherwise: {
      by: "body",
      because: "Every body has the time of the event and the id of what it is about.",
    },
    type: [[path("type")]],
    time: [{ at: path("event_timestamp"), unit: "s" }],
    entity: [path("data.conversation_id"), path("data.agent_id")],
  },
});

export const knock = timestamped({
  id: "knock",
  name: "Knock",
  docs: "https://docs.knock.app/developer-tools/outbound-webhooks/overview",
  confidence: "secondary",
  setup: { where: "Developers > Webhooks > Create webhook", secret: "the signing key of the webhook" },
  header: "x-knock-signature",
  encoding: "base64",
  ...likeStripe("ms", 300, "s"),
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("data.recipient"), path("data.id")],
  },
});

const orbSentAt = header("X-Orb-Timestamp");

/** The time has no zone and is in UTC: so the vector and the official libraries, against what the docs call ISO 8601. */
export const orb = timestamped({
  id: "orb",
  name: "Orb",
  docs: "https://docs.withorb.com/integrations-and-exports/webhooks",
  confidence: "vector",
  setup: { where: "Developers > Webhooks > Add endpoint", secret: "the endpoint's secret" },
  header: "X-Orb-Signature",
  // While secrets are exchanged: `v1=<signature> v1=<signature>`.
  value: { form: "list", separator: " ", pair: "=", signature: "v1" },
  timestamp: { at: orbSentAt, unit: "iso-utc", window: 300 },
  content: ["v1:", orbSentAt, ":", body],
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("customer.id"), path("subscription.customer.id"), path("invoice.customer.id")],
  },
});

const revolutSentAt = header("Revolut-Request-Timestamp");

export const revolut = timestamped({
  id: "revolut",
  name: "Revolut",
  docs: "https://developer.revolut.com/docs/guides/merchant/monitor-and-observe/webhooks/verify-the-payload-signature",
  confidence: "official",
  setup: {
    where: "POST /webhooks of the Merchant or Business API",
    secret: "signing_secret of its answer (wsk_...)",
  },
  header: "Revolut-Signature",
  value: { form: "list", separator: ",", pair: "=", signature: "v1" },
  timestamp: { at: revolutSentAt, unit: "s-or-ms", window: 300 },
  content: ["v1.", revolutSentAt, ".", body],
  event: {
    otherwise: {
      by: "body-and-time",
      because: "A payment of one order can be declined several times with the same body.",
    },
    type: [[path("event")]],
    time: [{ at: path("timestamp"), unit: "iso" }],
    entity: [path("order_id"), path("data.id")],
  },
});

const customerioSentAt = header("X-CIO-Timestamp");

/** Signs what Slack signs, without Slack's prefix in the header. */
export const customerio = timestamped({
  id: "customerio",
  name: "Customer.io reporting",
  docs: "https://docs.customer.io/integrations/api/webhooks/",
  confidence: "secondary",
  setup: {
    where: "Data & Integrations > Integrations > Reporting webhooks",
    secret: "the webhook signing key",
  },
  header: "X-CIO-Signature",
  value: WHOLE,
  timestamp: { at: customerioSentAt, unit: "s", window: 300 },
  content: ["v0:", customerioSentAt, ":", body],
  event: {
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },
    id: [path("event_id")],
    type: [[path("object_type"), ".", path("metric")]],
    time: [{ at: path("timestamp"), unit: "s" }],
    entity: [path("data.identifiers.id"), path("data.customer_id")],
  },
});

const webflowSentAt = header("x-webflow-timestamp");

export const webflow = timestamped({
  id: "webflow",
  name: "Webflow",
  docs: "https://developers.webflow.com/data/reference/request-signatures",
  confidence: "secondary",
  setup: {
    where: "POST /sites/{site_id}/webhooks of the Data API",
    secret: "the client secret of the OAuth app, or the secretKey of the answer",
    notes: "Webhooks that are made in the dashboard are not signed, and are refused here.",
  },
  header: "x-webflow-signature",
  value: WHOLE,
  timestamp: { at: webflowSentAt, unit: "ms", window: 300 },
  content: [webflowSentAt, ":", body],
  event: {
    otherwise: {
      by: "body-and-time",
      because: "A body such as that of an inventory can come back as it was.",
    },
    type: [[path("triggerType")]],
    entity: [path("payload.siteId"), path("payload.id")],
  },
});

const frontSentAt = header("X-Front-Request-Timestamp");

/** No official source names the unit of the time: receivers in public code disagree, so both are read. */
export const front = timestamped({
  id: "front",
  name: "Front application webhooks",
  docs: "https://dev.frontapp.com/docs/application-webhooks",
  confidence: "secondary",
  setup: {
    where: "Settings > Developers > your app > Features > Webhooks",
    secret: "the app's secret, on Basic information",
  },
  header: "X-Front-Signature",
  encoding: "base64",
  value: WHOLE,
  timestamp: { at: frontSentAt, unit: "s-or-ms", window: 300 },
  content: [frontSentAt, ":", body],
  event: {
    hashOf: ["type", "payload.id", "payload.emitted_at"].map(path),
    otherwise: {
      by: "body-and-time",
      because: "A body without these values is known by its content and the time of signing.",
    },
    type: [[path("type")]],
    entity: [path("payload.conversation.id"), path("authorization.id")],
  },
});

export const buildkite = timestamped({
  id: "buildkite",
  name: "Buildkite",
  docs: "https://buildkite.com/docs/apis/webhooks/pipelines",
  confidence: "secondary",
  setup: {
    where: "Organization Settings > Notification Services > Webhook",
    secret: "the token, with its setting on sending a signature",
  },
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

const boxSentAt = header("BOX-DELIVERY-TIMESTAMP");

/** The body first, the time behind it. Two headers for two keys; either is enough. */
export const box = timestamped({
  id: "box",
  name: "Box",
  docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2",
  confidence: "vector",
  setup: {
    where: "Developer Console > your app > Webhooks > Manage signature keys",
    secret: "the primary key; store the secondary beside it",
  },
  header: ["BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY"],
  read: "each",
  encoding: "base64",
  value: WHOLE,
  timestamp: { at: boxSentAt, unit: "iso", window: 600 },
  content: [body, boxSentAt],
  event: {
    // Stays, while the id of the delivery is new at each attempt.
    id: [path("id")],
    loggedIds: [header("BOX-DELIVERY-ID")],
    otherwise: {
      by: "body-and-time",
      because:
        "Every event of this sender has an id; a request without one is known by its content and the time of signing.",
    },

    type: [[path("trigger")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("source.id")],
  },
});

/** The older `X-Recharge-Hmac-Sha256` is a plain hash with the secret in front, and not read. */
export const recharge = timestamped({
  id: "recharge",
  name: "Recharge",
  docs: "https://docs.getrecharge.com/docs/webhooks-overview",
  confidence: "secondary",
  setup: { where: "POST /webhooks of the API", secret: "the API client secret" },
  header: "X-Recharge-Webhook-Signature",
  // Two days: as long as Recharge tries again.
  ...likeStripe("s", 172_800),
  success: { status: 200 },
  event: {
    otherwise: { by: "body-and-time", because: "A body is the object as it is; nothing names the event." },
    type: [[header("X-Recharge-Topic")]],
    entity: [path("subscription.customer_id"), path("charge.customer.id"), path("customer.id")],
  },
});
