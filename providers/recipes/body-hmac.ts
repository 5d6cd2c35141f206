import type { HmacVerification, Scheme, SignatureFormat, SignedTimestamp } from "../engine/scheme";
import { body, header, key, path } from "../engine/references";
import { define, type Entry } from "./entry";

/*
 * HMAC over the raw body alone. No header but the signature is protected, and there is no timestamp. What identifies an
 * event is decided per scheme: an id in the body, else the provider's delivery id bound to the body, else the body itself if it
 * differs from happening to happening, else each request.
 */

/** How the signature is made and written, where it differs from lower-case hexadecimal SHA-256 under one header. */
interface BodyHmac extends Entry {
  readonly header: string | readonly string[];
  readonly prefix?: string;
  readonly encoding?: SignatureFormat["encoding"];
  readonly hash?: HmacVerification["hash"];
  readonly key?: HmacVerification["key"];
  readonly read?: SignatureFormat["read"];
  readonly value?: SignatureFormat["value"];
  readonly timestamp?: SignedTimestamp;
}

function bodyHmac({
  header,
  prefix,
  encoding,
  hash,
  key,
  read,
  value,
  timestamp,
  ...entry
}: BodyHmac): Scheme {
  return define(entry, {
    kind: "hmac",
    hash: hash ?? "sha256",
    key: key ?? { encoding: "utf8" },
    signature: {
      headers: typeof header === "string" ? [header] : header,
      value: value ?? { form: "whole", ...(prefix !== undefined && { prefix }) },
      encoding: encoding ?? "hex",
      ...(read && { read }),
    },
    content: [body],
    ...(timestamp && { timestamp }),
  });
}

/** A redelivery keeps `X-GitHub-Delivery`. Two dispatches with the same inputs have the same body and are two events. */
export const github = bodyHmac({
  id: "github",
  name: "GitHub",
  docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  confidence: "vector",
  setup: {
    where:
      "Settings > Webhooks > Add webhook, of a repository or an organization; content type application/json",
    secret: "the text that you enter as Secret",
    notes: "GitHub does not send a failed delivery again by itself: redeliver it by hand or through the API.",
  },
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
  event: {
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    deliveryId: header("X-GitHub-Delivery"),
    type: [[header("X-GitHub-Event"), ".", path("action")], [header("X-GitHub-Event")]],
    entity: [path("repository.id"), path("organization.id"), path("installation.id")],
  },
});

const topic = header("X-Shopify-Topic");

export const shopify = bodyHmac({
  id: "shopify",
  name: "Shopify",
  docs: "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries",
  confidence: "official",
  setup: {
    where:
      "webhook subscriptions of your app (shopify.app.toml or Admin API), or Settings > Notifications > Webhooks of a shop",
    secret: "the app's client secret, or the secret shown below the shop's webhooks",
    notes:
      "After a rotation the old client secret may sign for up to an hour: store both. The headers have to begin with `X-`; those of the Events preview (`Shopify-Hmac-Sha256`) are refused.",
  },
  header: "X-Shopify-Hmac-SHA256",
  encoding: "base64",
  event: {
    // New for each delivery of a subscription and kept on its retries; the event's own id is shared by all topics of one action.
    loggedIds: [header("X-Shopify-Event-Id")],
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    deliveryId: header("X-Shopify-Webhook-Id"),
    type: [[topic]],
    time: [{ at: header("X-Shopify-Triggered-At"), unit: "iso" }],
    entity: [header("X-Shopify-Shop-Domain")],
  },
});

/** The time of sending is in the body and differs between attempts, so the body's hash would not be the event's. */
export const linear = bodyHmac({
  id: "linear",
  name: "Linear",
  docs: "https://linear.app/developers/webhooks",
  confidence: "official",
  setup: { where: "Settings > API > New webhook", secret: "the signing secret on the webhook's page" },
  header: "Linear-Signature",
  timestamp: { at: path("webhookTimestamp"), unit: "ms", window: 60 },
  event: {
    otherwise: {
      by: "body-and-time",
      because: "A body without these values is known as it is; it holds the time of sending.",
    },
    hashOf: ["webhookId", "type", "action", "createdAt", "data.id"].map(path),
    deliveryId: header("Linear-Delivery"),
    type: [[path("type"), ".", path("action")], [path("type")]],
    time: [{ at: path("createdAt"), unit: "iso" }],
    entity: [path("data.issueId"), path("data.id")],
  },
});

/** The header has no `-256` in its name and carries SHA-256 all the same. */
export const bitbucket = bodyHmac({
  id: "bitbucket",
  name: "Bitbucket Cloud",
  docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
  confidence: "vector",
  setup: {
    where: "Repository settings > Webhooks > Add webhook",
    secret: "the text that you enter as Secret",
    notes: "Without a secret Bitbucket does not sign, and its webhooks are refused here.",
  },
  header: "X-Hub-Signature",
  prefix: "sha256=",
  event: {
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    deliveryId: header("X-Request-UUID"),
    type: [[header("X-Event-Key")]],
    entity: [path("repository.uuid")],
  },
});

export const bitbucketServer = bodyHmac({
  id: "bitbucket-server",
  name: "Bitbucket Server and Data Center",
  docs: "https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html",
  confidence: "vector",
  setup: {
    where: "Repository settings > Webhooks > Create webhook",
    secret: "the text that you enter as Secret",
  },
  header: "X-Hub-Signature",
  prefix: "sha256=",
  event: {
    deliveryId: header("X-Request-Id"),
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    type: [[header("X-Event-Key")]],
    entity: [path("repository.id")],
  },
});

export const jira = bodyHmac({
  id: "jira",
  name: "Jira Cloud",
  docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
  confidence: "vector",
  setup: {
    where: "Settings > System > WebHooks > Create a WebHook",
    secret: "the text that you enter as Secret",
    notes: "Without a secret Jira does not sign, and its webhooks are refused here.",
  },
  header: "X-Hub-Signature",
  prefix: "sha256=",
  event: {
    deliveryId: header("X-Atlassian-Webhook-Identifier"),
    otherwise: { by: "body", because: "Every body has the time of the event in milliseconds." },
    type: [[path("webhookEvent")]],
    time: [{ at: path("timestamp"), unit: "ms" }],
    entity: [path("issue.id"), path("project.id")],
  },
});

export const gitea = bodyHmac({
  id: "gitea",
  name: "Gitea and Forgejo",
  docs: "https://docs.gitea.com/usage/webhooks",
  confidence: "vector",
  setup: {
    where: "Settings > Webhooks > Add webhook, of a repository",
    secret: "the text that you enter as Secret",
    notes:
      "Choose application/json as the content type: of a form the signature covers the field and not the body, so it is refused and kept.",
  },
  header: ["X-Gitea-Signature", "X-Forgejo-Signature"],
  event: {
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    deliveryId: header("X-Gitea-Delivery", "X-Forgejo-Delivery"),
    type: [[header("X-Gitea-Event", "X-Forgejo-Event")]],
    entity: [path("repository.id")],
  },
});

export const gogs = bodyHmac({
  id: "gogs",
  name: "Gogs",
  docs: "https://gogs.io/docs/features/webhook",
  confidence: "vector",
  setup: {
    where: "Settings > Webhooks > Add a new webhook, of a repository",
    secret: "the text that you enter as Secret",
  },
  header: "X-Gogs-Signature",
  event: {
    deliveryId: header("X-Gogs-Delivery"),
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    type: [[header("X-Gogs-Event")]],
    entity: [path("repository.id")],
  },
});

export const intercom = bodyHmac({
  id: "intercom",
  name: "Intercom",
  docs: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
  confidence: "secondary",
  setup: {
    where: "Developer Hub > your app > Configure > Webhooks",
    secret: "the app's client secret, on Configure > Basic information",
  },
  header: "X-Hub-Signature",
  prefix: "sha1=",
  hash: "sha1",
  event: {
    // A retry counts `delivery_attempts` in the body.
    id: [path("id")],
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    type: [[path("topic")]],
    time: [{ at: path("created_at"), unit: "s" }],
    entity: [path("data.item.id"), path("app_id")],
  },
});

/** The prefix is that of GitHub, the digest is base64. */
export const typeform = bodyHmac({
  id: "typeform",
  name: "Typeform",
  docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  confidence: "secondary",
  setup: {
    where: "a form > Connect > Webhooks > Add a webhook",
    secret: "the text that you enter as Secret under Edit",
  },
  header: "Typeform-Signature",
  prefix: "sha256=",
  encoding: "base64",
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("event_id")],
    type: [[path("event_type")]],
    time: [{ at: path("form_response.submitted_at"), unit: "iso" }],
    entity: [path("form_response.form_id")],
  },
});

/** The key looks like base64 and is used as the text that it is. Bodies are batches. */
export const xero = bodyHmac({
  id: "xero",
  name: "Xero",
  docs: "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/",
  confidence: "secondary",
  setup: {
    where: "developer.xero.com > My Apps > your app > Webhooks",
    secret: "the webhooks key",
    notes: "Xero tests the address with signed and wrongly signed requests and expects 200 and 401.",
  },
  header: "x-xero-signature",
  encoding: "base64",
  success: { status: 200 },
  event: {
    // The characters of `entropy` may be others at the next attempt.
    hashOf: ["firstEventSequence", "lastEventSequence", "events.*.resourceId", "events.*.eventDateUtc"].map(
      path,
    ),
    otherwise: {
      by: "body",
      because: "Every body has random characters (entropy), and every event its time.",
    },
    type: [[path("events.*.eventCategory"), ".", path("events.*.eventType")], ["batch"]],
    time: [{ at: path("events.*.eventDateUtc"), unit: "iso-utc" }],
    entity: [path("events.*.tenantId")],
  },
  elements: {
    at: [path("events.*")],
    hashOf: "element",
    type: [[path("eventCategory"), path("eventType")]],
    time: [{ at: path("eventDateUtc"), unit: "iso-utc" }],
    entity: [path("tenantId")],
  },
});

export const woocommerce = bodyHmac({
  id: "woocommerce",
  name: "WooCommerce",
  docs: "https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks",
  confidence: "official",
  setup: {
    where: "WooCommerce > Settings > Advanced > Webhooks > Add webhook",
    secret: "the text in Secret",
    notes:
      "Choose a secret of letters and digits: WooCommerce decodes HTML entities in it before it signs. More than five failures in a row disable the webhook.",
  },
  header: "X-WC-Webhook-Signature",
  encoding: "base64",
  event: {
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    deliveryId: header("X-WC-Webhook-Delivery-ID"),
    type: [[header("X-WC-Webhook-Topic")]],
    entity: [header("X-WC-Webhook-Source")],
  },
});

/** A hint without content: it says which accounts changed, and the changes are fetched. */
export const dropbox = bodyHmac({
  id: "dropbox",
  name: "Dropbox",
  docs: "https://www.dropbox.com/developers/reference/webhooks",
  confidence: "secondary",
  setup: {
    where: "App Console > your app > Settings > Webhooks",
    secret: "the app secret",
    notes:
      "Two hints for the same accounts have the same bytes, so each request is an event of its own: fetch by cursor, so that a retry does no harm.",
  },
  header: "X-Dropbox-Signature",
  event: {
    otherwise: {
      by: "request",
      because: "A body says only which accounts changed and is the same for every change.",
    },
    entity: [path("list_folder.accounts.*")],
  },
});

/** The signed bytes hold escaped Unicode as sent. Up to 1,000 changes in a body. */
export const meta = bodyHmac({
  id: "meta",
  name: "Meta (Facebook, Messenger, Instagram)",
  docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  confidence: "secondary",
  setup: { where: "App Dashboard > your app > Webhooks", secret: "the app secret, on App settings > Basic" },
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
  success: { status: 200 },
  event: {
    otherwise: { by: "body", because: "Every entry has its time and the ids of what changed." },
    type: [[path("object"), ".", path("entry.*.changes.*.field")], [path("object")]],
    entity: [path("entry.*.id")],
  },
  elements: {
    at: [path("entry.*.changes.*"), path("entry.*.messaging.*"), path("entry.*.standby.*")],
    enclosed: true,
    id: [[path("message.mid")]],
    time: [{ at: path("timestamp"), unit: "ms" }],
  },
});

export const whatsapp = bodyHmac({
  id: "whatsapp",
  name: "WhatsApp Cloud API",
  docs: "https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks/",
  confidence: "secondary",
  setup: {
    where: "App Dashboard > your app > WhatsApp > Configuration",
    secret: "the app secret, on App settings > Basic",
  },
  header: "X-Hub-Signature-256",
  prefix: "sha256=",
  success: { status: 200 },
  event: {
    otherwise: { by: "body", because: "Every message and every status has an id and a time." },
    type: [[path("entry.*.changes.*.field")], [path("object")]],
    entity: [
      path("entry.*.changes.*.value.contacts.*.wa_id"),
      path("entry.*.changes.*.value.metadata.phone_number_id"),
      path("entry.*.id"),
    ],
  },
  elements: {
    at: [
      path("entry.*.changes.*"),
      path("entry.*.changes.*.value.messages.*"),
      path("entry.*.changes.*.value.statuses.*"),
    ],
    enclosed: true,
    // A status has the id of its message.
    id: [[path("id"), path("status")], [path("id")]],
    time: [{ at: path("timestamp"), unit: "s" }],
    entity: [path("from"), path("recipient_id")],
  },
});

export const sentry = bodyHmac({
  id: "sentry",
  name: "Sentry",
  docs: "https://docs.sentry.io/integrations/integration-platform/webhooks/",
  confidence: "vector",
  setup: {
    where: "Settings > Custom integrations > your integration > Webhook URL",
    secret: "the integration's client secret",
    notes: "Sentry waits one second for the answer.",
  },
  header: "Sentry-Hook-Signature",
  event: {
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    deliveryId: header("Request-ID"),
    type: [[header("Sentry-Hook-Resource"), ".", path("action")], [header("Sentry-Hook-Resource")]],
    time: [{ at: header("Sentry-Hook-Timestamp"), unit: "s" }],
    entity: [path("data.issue.id"), path("installation.uuid")],
  },
});

/** SHA-1, confirmed by its vector; a public catalogue has it as SHA-256 with a header of time that does not exist. */
export const vercel = bodyHmac({
  id: "vercel",
  name: "Vercel",
  docs: "https://vercel.com/docs/webhooks",
  confidence: "vector",
  setup: {
    where: "team Settings > Webhooks > Create Webhook, or an integration's console",
    secret: "the secret that is shown once after creation; of an integration, its client secret",
    notes:
      "An integration's webhooks are signed with the integration's own client secret and not with that of a team's webhook.",
  },
  header: "x-vercel-signature",
  hash: "sha1",
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("createdAt"), unit: "ms" }],
    entity: [path("payload.project.id"), path("payload.projectId")],
  },
});

export const vercelLogDrains = bodyHmac({
  id: "vercel-log-drains",
  name: "Vercel log drains",
  docs: "https://vercel.com/docs/drains/security",
  confidence: "secondary",
  setup: {
    where: "team Settings > Drains > Add Drain",
    secret: "the signature verification secret of the drain",
  },
  header: "x-vercel-signature",
  hash: "sha1",
  contentTypes: ["application/json", "application/x-ndjson"],
  event: {
    otherwise: { by: "body", because: "Every line has an id and a time." },
    type: [["logs"]],
    entity: [path("*.projectId")],
  },
  elements: {
    at: [path("*")],
    id: [[path("id")]],
    type: [[path("source")]],
    time: [{ at: path("timestamp"), unit: "ms" }],
    entity: [path("projectId")],
  },
});

export const razorpay = bodyHmac({
  id: "razorpay",
  name: "Razorpay",
  docs: "https://razorpay.com/docs/webhooks/validate-test/",
  confidence: "vector",
  setup: {
    where: "Account & Settings > Webhooks > Add New Webhook",
    secret: "the text that you enter as Secret",
  },
  header: "X-Razorpay-Signature",
  event: {
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    deliveryId: header("x-razorpay-event-id"),
    type: [[path("event")]],
    time: [{ at: path("created_at"), unit: "s" }],
    entity: [path("payload.payment.entity.order_id"), path("account_id")],
  },
});

/** While secrets are exchanged the header comes once for each. A missing one is refused; Mollie's own library lets it pass. */
export const mollie = bodyHmac({
  id: "mollie",
  name: "Mollie (next-gen webhooks)",
  docs: "https://docs.mollie.com/reference/webhooks-new",
  confidence: "official",
  setup: { where: "Developers > Webhooks > Create webhook", secret: "the signing secret that is shown once" },
  header: "X-Mollie-Signature",
  read: "each",
  value: { form: "whole", prefix: "sha256=", prefixOptional: true },
  event: {
    id: [path("id")],
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    type: [[path("type")]],
    entity: [path("entityId")],
  },
});

export const lemonsqueezy = bodyHmac({
  id: "lemonsqueezy",
  name: "Lemon Squeezy",
  docs: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
  confidence: "secondary",
  setup: { where: "Settings > Webhooks", secret: "the text that you enter as Signing secret" },
  header: "X-Signature",
  success: { status: 200 },
  event: {
    otherwise: {
      by: "body",
      because: "Every body has the event's name and the time at which its object changed.",
    },
    type: [[path("meta.event_name")]],
    entity: [path("data.attributes.customer_id"), path("data.id")],
  },
});

export const calcom = bodyHmac({
  id: "calcom",
  name: "Cal.com",
  docs: "https://cal.com/docs/developing/guides/automation/webhooks",
  confidence: "official",
  setup: {
    where: "Settings > Developer > Webhooks",
    secret: "the text that you enter as Secret",
    notes:
      "Without a secret Cal.com writes a fixed text instead of a signature, and its webhooks are refused here. A custom payload template has to be JSON and to keep triggerEvent.",
  },
  header: "X-Cal-Signature-256",
  event: {
    otherwise: { by: "body", because: "Every body has the time of the event." },
    type: [[path("triggerEvent")]],
    time: [{ at: path("createdAt"), unit: "iso" }],
    entity: [path("payload.uid")],
  },
});

/** `attempt_number` in the body counts the attempts; the event's own id does not change. */
export const coinbaseCommerce = bodyHmac({
  id: "coinbase-commerce",
  name: "Coinbase Commerce",
  docs: "https://docs.cdp.coinbase.com/commerce-onchain/docs/webhooks-security",
  confidence: "vector",
  setup: {
    where: "Settings > Notifications > Webhook subscriptions",
    secret: "the webhook shared secret",
    notes:
      "Coinbase has closed Commerce in favour of the Developer Platform, whose webhooks are signed in another way: take the scheme `coinbase-cdp` for them.",
  },
  header: "X-CC-Webhook-Signature",
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("event.id")],
    type: [[path("event.type")]],
    time: [{ at: path("event.created_at"), unit: "iso" }],
    entity: [path("event.data.code")],
  },
});

/** A body is a batch, sent again as a whole. */
export const gocardless = bodyHmac({
  id: "gocardless",
  name: "GoCardless",
  docs: "https://developer.gocardless.com/api-reference/#appendix-webhooks",
  confidence: "vector",
  setup: { where: "Developers > Create > Webhook endpoint", secret: "the endpoint's secret" },
  header: "Webhook-Signature",
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    hashOf: [path("events.*.id")],
    type: [[path("events.*.resource_type"), ".", path("events.*.action")], ["batch"]],
    time: [{ at: path("events.*.created_at"), unit: "iso" }],
  },
  elements: {
    at: [path("events.*")],
    id: [[path("id")]],
    type: [[path("resource_type"), path("action")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: ["payment", "mandate", "subscription", "payout", "refund", "customer"].map((name) =>
      path(`links.${name}`),
    ),
  },
});

/** A redelivery says so in the body, so the event's hash is that of its ids. */
export const line = bodyHmac({
  id: "line",
  name: "LINE Messaging API",
  docs: "https://developers.line.biz/en/docs/messaging-api/receiving-messages/",
  confidence: "vector",
  setup: {
    where: "LINE Developers Console > your channel > Messaging API > Webhook URL",
    secret: "the channel secret, on Basic settings",
  },
  header: "x-line-signature",
  encoding: "base64",
  success: { status: 200 },
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    hashOf: [path("events.*.webhookEventId")],
    type: [[path("events.*.type")], ["batch"]],
    time: [{ at: path("events.*.timestamp"), unit: "ms" }],
    entity: [path("events.*.source.groupId"), path("events.*.source.userId"), path("destination")],
  },
  elements: {
    at: [path("events.*")],
    id: [[path("webhookEventId")]],
    type: [[path("type")]],
    time: [{ at: path("timestamp"), unit: "ms" }],
    entity: [path("source.groupId"), path("source.userId")],
  },
});

export const modernTreasury = bodyHmac({
  id: "modern-treasury",
  name: "Modern Treasury",
  docs: "https://docs.moderntreasury.com/docs/verifying-webhooks",
  confidence: "vector",
  setup: { where: "Developers > Webhooks", secret: "the webhook key" },
  header: "X-Signature",
  event: {
    otherwise: {
      by: "body",
      because: "Every body has the event's name and the time at which its object changed.",
    },
    type: [[path("event")]],
    entity: [path("data.id")],
  },
});

/** A hint without content: payloads are fetched with a cursor. */
export const airtable = bodyHmac({
  id: "airtable",
  name: "Airtable",
  docs: "https://airtable.com/developers/web/api/webhooks-overview",
  confidence: "vector",
  setup: {
    where: "POST /v0/bases/{baseId}/webhooks of the Web API",
    secret: "macSecretBase64 of its answer",
    notes: "A webhook expires after 7 days without a refresh.",
  },
  header: "X-Airtable-Content-MAC",
  prefix: "hmac-sha256=",
  key: { encoding: "base64" },
  success: { status: 200 },
  event: {
    otherwise: { by: "body", because: "Every hint has the time at which it was made." },
    time: [{ at: path("timestamp"), unit: "iso" }],
    entity: [path("base.id")],
  },
});

/** The secret looks like base64 and is used as the text that it is. */
export const pagerduty = bodyHmac({
  id: "pagerduty",
  name: "PagerDuty",
  docs: "https://developer.pagerduty.com/docs/webhooks/webhook-signatures/",
  confidence: "vector",
  setup: {
    where: "Integrations > Generic Webhooks (v3) > New Webhook",
    secret: "the signing secret that is shown once",
  },
  header: "X-PagerDuty-Signature",
  value: { form: "list", separator: ",", pair: "=", signature: "v1" },
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("event.id")],
    type: [[path("event.event_type")]],
    time: [{ at: path("event.occurred_at"), unit: "iso" }],
    entity: [path("event.data.incident.id"), path("event.data.id")],
  },
});

/** One numbered header for each active key. */
export const docusign = bodyHmac({
  id: "docusign",
  name: "DocuSign Connect",
  docs: "https://developers.docusign.com/platform/webhooks/connect/validate/",
  confidence: "official",
  setup: {
    where: "Settings > Connect > Add configuration, with Include HMAC signature",
    secret: "a key of Settings > Connect > Connect keys",
  },
  header: "X-DocuSign-Signature",
  read: "numbered",
  encoding: "base64",
  event: {
    // `retryCount` beside them counts the attempts.
    hashOf: ["event", "configurationId", "generatedDateTime", "data.envelopeId"].map(path),
    otherwise: { by: "body", because: "Every body has the time at which it was made." },
    type: [[path("event")]],
    time: [{ at: path("generatedDateTime"), unit: "iso" }],
    entity: [path("data.envelopeId")],
  },
});

export const paystack = bodyHmac({
  id: "paystack",
  name: "Paystack",
  docs: "https://paystack.com/docs/payments/webhooks/",
  confidence: "secondary",
  setup: { where: "Settings > API Keys & Webhooks", secret: "the account's secret key (sk_...)" },
  header: "x-paystack-signature",
  hash: "sha512",
  success: { status: 200 },
  event: {
    otherwise: {
      by: "body",
      because: "Every body has the event's name, its object's id and the times of its changes.",
    },
    type: [[path("event")]],
    entity: [path("data.customer.customer_code"), path("data.reference")],
  },
});

export const authorizenet = bodyHmac({
  id: "authorizenet",
  name: "Authorize.Net",
  docs: "https://developer.authorize.net/api/reference/features/webhooks.html",
  confidence: "secondary",
  setup: { where: "Account > Settings > Webhooks", secret: "the signature key" },
  header: "X-ANET-Signature",
  prefix: "sha512=",
  hash: "sha512",
  // Public receivers differ on the case that they expect.
  encoding: "hex-any-case",
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("notificationId")],
    type: [[path("eventType")]],
    time: [{ at: path("eventDate"), unit: "iso" }],
    entity: [path("payload.id")],
  },
});

export const checkoutcom = bodyHmac({
  id: "checkoutcom",
  name: "Checkout.com",
  docs: "https://www.checkout.com/docs/developer-resources/event-notifications/receive-webhooks",
  confidence: "secondary",
  setup: {
    where: "Dashboard > Developers > Webhooks > New webhook",
    secret: "the signature key of the webhook",
  },
  header: "Cko-Signature",
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("created_on"), unit: "iso" }],
    entity: [path("data.id")],
  },
});

/** Compressed bodies are signed as they were sent, compressed. */
export const nylas = bodyHmac({
  id: "nylas",
  name: "Nylas v3",
  docs: "https://developer.nylas.com/docs/v3/notifications/webhooks/",
  confidence: "secondary",
  setup: {
    where: "Dashboard > Notifications > Create webhook",
    secret: "the webhook secret that is shown once",
  },
  header: "x-nylas-signature",
  success: { status: 200 },
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("id")],
    type: [[path("type")]],
    time: [{ at: path("time"), unit: "s" }],
    entity: [path("data.object.grant_id"), path("data.grant_id")],
  },
});

export const twitter = bodyHmac({
  id: "twitter",
  name: "X (Twitter)",
  docs: "https://docs.x.com/x-api/webhooks/quickstart",
  confidence: "secondary",
  setup: { where: "POST /2/webhooks of the X API", secret: "the app's consumer secret (API secret key)" },
  header: "x-twitter-webhooks-signature",
  prefix: "sha256=",
  encoding: "base64",
  success: { status: 200 },
  event: {
    otherwise: { by: "body", because: "Every activity has an id or a time in milliseconds." },
    type: [
      [
        key(
          "tweet_create_events",
          "favorite_events",
          "follow_events",
          "block_events",
          "mute_events",
          "direct_message_events",
          "direct_message_indicate_typing_events",
          "direct_message_mark_read_events",
          "tweet_delete_events",
          "user_event",
        ),
      ],
    ],
    entity: [path("for_user_id")],
  },
});

export const alchemy = bodyHmac({
  id: "alchemy",
  name: "Alchemy Notify",
  docs: "https://www.alchemy.com/docs/reference/notify-api-quickstart",
  confidence: "secondary",
  setup: { where: "Dashboard > Data > Webhooks > Create webhook", secret: "the signing key of the webhook" },
  header: "X-Alchemy-Signature",
  event: {
    id: [path("id")],
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    type: [[path("type")]],
    time: [{ at: path("createdAt"), unit: "iso" }],
    entity: [path("webhookId")],
  },
});

export const cursor = bodyHmac({
  id: "cursor",
  name: "Cursor cloud agents",
  docs: "https://docs.cursor.com/account/cloud-agent-webhooks",
  confidence: "secondary",
  setup: {
    where: "webhook.url of the request that starts an agent",
    secret: "webhook.secret of the same request",
  },
  header: "X-Webhook-Signature",
  prefix: "sha256=",
  event: {
    loggedIds: [header("X-Webhook-ID")],
    otherwise: { by: "body", because: "Every body has the time of the change." },
    type: [[path("event")]],
    entity: [path("id")],
  },
});

/** The signature of Hookdeck itself, for what it forwards; the first sender's headers come along unchecked. */
export const hookdeck = bodyHmac({
  id: "hookdeck",
  name: "Hookdeck Event Gateway",
  docs: "https://hookdeck.com/docs/verification",
  confidence: "secondary",
  setup: { where: "a connection > Destination > HTTP", secret: "the signing secret of Settings > Secrets" },
  header: "x-hookdeck-signature",
  encoding: "base64",
  event: {
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    deliveryId: header("x-hookdeck-eventid"),
  },
});

export const picqer = bodyHmac({
  id: "picqer",
  name: "Picqer",
  docs: "https://picqer.com/en/api/webhooks",
  confidence: "secondary",
  setup: { where: "POST /api/v1/hooks of the API", secret: "secret of the same request" },
  header: "X-Picqer-Signature",
  encoding: "base64",
  event: {
    otherwise: { by: "body", because: "Every body has the time at which the event was triggered." },
    type: [[path("event")]],
  },
});

export const uber = bodyHmac({
  id: "uber",
  name: "Uber Eats",
  docs: "https://developer.uber.com/docs/eats/guides/webhooks",
  confidence: "secondary",
  setup: { where: "Developer Dashboard > your app > Webhooks", secret: "the app's client secret" },
  header: "X-Uber-Signature",
  success: { status: 200 },
  event: {
    id: [path("event_id")],
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    type: [[path("event_type")]],
    time: [{ at: path("event_time"), unit: "s" }],
    entity: [path("meta.resource_id")],
  },
});

export const segment = bodyHmac({
  id: "segment",
  name: "Segment",
  docs: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
  confidence: "secondary",
  setup: {
    where: "Connections > Destinations > Webhooks",
    secret: "the text that you enter as Shared Secret",
    notes:
      "Do not switch batching on: only the first event of a batch is signed, so a batch is refused here.",
  },
  header: "X-Signature",
  hash: "sha1",
  event: {
    id: [path("messageId")],
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    type: [[path("type")]],
    time: [{ at: path("timestamp"), unit: "iso" }],
    entity: [path("userId"), path("anonymousId")],
  },
});

export const helpscout = bodyHmac({
  id: "helpscout",
  name: "Help Scout",
  docs: "https://developer.helpscout.com/webhooks/",
  confidence: "secondary",
  setup: { where: "Manage > Apps > Webhooks", secret: "the text that you enter as Secret Key" },
  header: "X-HelpScout-Signature",
  hash: "sha1",
  encoding: "base64",
  event: {
    otherwise: { by: "request", because: "A body is the object as it is; nothing names the event." },
    type: [[header("X-HelpScout-Event")]],
    entity: [path("id")],
  },
});

export const attio = bodyHmac({
  id: "attio",
  name: "Attio",
  docs: "https://docs.attio.com/rest-api/guides/webhooks",
  confidence: "secondary",
  setup: {
    where: "Workspace settings > Developers > your integration > Webhooks",
    secret: "the webhook's secret",
  },
  header: "Attio-Signature",
  event: {
    otherwise: {
      by: "request",
      because: "The header is always there; without it a retry looks like a second event.",
    },
    type: [[path("events.*.event_type")], ["batch"]],
    entity: [path("events.*.id.record_id")],
  },
  elements: {
    at: [path("events.*")],
    type: [[path("event_type")]],
    entity: [path("id.record_id")],
  },
});

/** Adyen's platform and management webhooks; its standard notifications are signed item by item. */
export const adyenPlatform = bodyHmac({
  id: "adyen-platform",
  name: "Adyen platform and management webhooks",
  docs: "https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/",
  confidence: "secondary",
  setup: { where: "Customer Area > Developers > Webhooks", secret: "the HMAC key, hexadecimal" },
  header: "HmacSignature",
  encoding: "base64",
  key: { encoding: "hex" },
  event: {
    otherwise: { by: "body", because: "Every body has the time at which the event was queued." },
    type: [[path("type")]],
    entity: [path("data.id")],
  },
});

/**
 * For senders of the user's own: a hexadecimal HMAC-SHA256 of the body. `X-Webhook-Id` identifies the event together with
 * the body; without it each request is an event of its own. Standard Webhooks signs the id and the time, too.
 */
export const hmacSha256 = bodyHmac({
  id: "hmac-sha256",
  name: "HMAC-SHA256",
  docs: "https://www.rfc-editor.org/rfc/rfc2104",
  confidence: "vector",
  setup: { where: "your own sender", secret: "any text that both sides know" },
  header: "X-Signature-256",
  value: { form: "whole", prefix: "sha256=", prefixOptional: true },
  // .NET and Java write hexadecimal in upper case by default.
  encoding: "hex-any-case",
  event: {
    otherwise: {
      by: "request",
      because: "Without the header a second event with the same body cannot be told from a retry.",
    },
    deliveryId: header("X-Webhook-Id"),
    type: [[header("X-Webhook-Type")]],
  },
});
