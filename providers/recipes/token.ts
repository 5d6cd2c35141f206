import type { Scheme } from "../engine/scheme";
import { header, key, path, query } from "../engine/references";
import { define, type Entry } from "./entry";

/*
 * A shared token, a password, or nothing. The request says who sends (or not even that), and nothing protects what it
 * says: whoever reads one request can make up any other. That is all that these senders offer.
 *
 * For the same reason an id out of a header is no worse here than one out of the body.
 */

const BASIC_SECRET = "user name and password as user:password";

function token({ at, ...entry }: Entry & { readonly at: ReturnType<typeof header | typeof query> }): Scheme {
  return define({ ...entry, covers: "nothing" }, { kind: "token", at });
}

function basic(entry: Entry): Scheme {
  return define({ ...entry, covers: "nothing" }, { kind: "basic" });
}

function unsigned(entry: Entry): Scheme {
  return define({ ...entry, covers: "nothing" }, { kind: "none" });
}

const authorization = header("Authorization");

export const gitlab = token({
  id: "gitlab",
  name: "GitLab secret token",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  confidence: "official",
  setup: {
    where: "Settings > Webhooks > Add new webhook",
    secret: "the text that you enter as Secret token",
    notes: "Where your GitLab offers a signing token, take the scheme gitlab-signed.",
  },
  at: header("X-Gitlab-Token"),
  event: {
    otherwise: {
      by: "request",
      because: "Versions before 17.4 do not send the header, and their bodies can repeat.",
    },
    // The same for every attempt.
    deliveryId: header("Idempotency-Key"),
    loggedIds: [header("X-Gitlab-Event-UUID")],
    type: [[header("X-Gitlab-Event")]],
    entity: [path("project.id"), path("project_id"), path("group_id")],
  },
});

export const telegram = token({
  id: "telegram",
  name: "Telegram Bot API",
  docs: "https://core.telegram.org/bots/api#setwebhook",
  confidence: "secondary",
  setup: { where: "setWebhook of the Bot API", secret: "secret_token of the same request" },
  at: header("X-Telegram-Bot-Api-Secret-Token"),
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("update_id")],
    type: [
      [
        key(
          "message",
          "edited_message",
          "channel_post",
          "edited_channel_post",
          "business_connection",
          "business_message",
          "edited_business_message",
          "deleted_business_messages",
          "message_reaction",
          "message_reaction_count",
          "inline_query",
          "chosen_inline_result",
          "callback_query",
          "shipping_query",
          "pre_checkout_query",
          "purchased_paid_media",
          "poll",
          "poll_answer",
          "my_chat_member",
          "chat_member",
          "chat_join_request",
          "chat_boost",
          "removed_chat_boost",
        ),
      ],
    ],
    time: [{ at: path("message.date"), unit: "s" }],
    entity: [path("message.chat.id"), path("callback_query.message.chat.id"), path("channel_post.chat.id")],
  },
});

/** A body is a batch. */
export const auth0 = token({
  id: "auth0",
  name: "Auth0 log streams",
  docs: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
  confidence: "secondary",
  setup: {
    where: "Monitoring > Streams > Create Stream > Custom Webhook",
    secret: "the whole text that you enter as Authorization Token",
  },
  at: authorization,
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    hashOf: [path("*.log_id")],
    type: [[path("*.data.type")], ["batch"]],
    time: [{ at: path("*.data.date"), unit: "iso" }],
    entity: [path("*.data.user_id")],
  },
  elements: {
    at: [path("*")],
    id: [[path("log_id")]],
    type: [[path("data.type")]],
    time: [{ at: path("data.date"), unit: "iso" }],
    entity: [path("data.user_id")],
  },
});

export const okta = token({
  id: "okta",
  name: "Okta event hooks",
  docs: "https://developer.okta.com/docs/concepts/event-hooks/",
  confidence: "secondary",
  setup: {
    where: "Workflow > Event Hooks > Create Event Hook",
    secret: "the authentication secret, for the authentication field Authorization",
  },
  at: authorization,
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("eventId")],
    type: [[path("data.events.*.eventType")], ["batch"]],
    time: [{ at: path("eventTime"), unit: "iso" }],
    entity: [path("data.events.*.actor.id")],
  },
  elements: {
    at: [path("data.events.*")],
    id: [[path("uuid")]],
    type: [[path("eventType")]],
    time: [{ at: path("published"), unit: "iso" }],
    entity: [path("actor.id")],
  },
});

export const huggingface = token({
  id: "huggingface",
  name: "Hugging Face",
  docs: "https://huggingface.co/docs/hub/webhooks",
  confidence: "secondary",
  setup: { where: "Settings > Webhooks > Add a new webhook", secret: "the text that you enter as Secret" },
  at: header("X-Webhook-Secret"),
  event: {
    otherwise: { by: "request", because: "A body says only what state a repository is in." },
    type: [[path("event.scope"), ".", path("event.action")]],
    entity: [path("repo.id")],
  },
});

export const cloudflareNotifications = token({
  id: "cloudflare-notifications",
  name: "Cloudflare notifications",
  docs: "https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
  confidence: "secondary",
  setup: { where: "Notifications > Destinations > Webhooks", secret: "the text that you enter as Secret" },
  at: header("cf-webhook-auth"),
  event: {
    otherwise: { by: "body", because: "Every body has the time of the alert." },
    type: [[path("alert_type")]],
    time: [{ at: path("ts"), unit: "s" }],
    entity: [path("account_id")],
  },
});

export const chargebee = basic({
  id: "chargebee",
  name: "Chargebee",
  docs: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
  confidence: "secondary",
  setup: {
    where: "Settings > Configure Chargebee > API Keys and Webhooks > Webhooks, with basic authentication",
    secret: BASIC_SECRET,
  },
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("id")],
    type: [[path("event_type")]],
    time: [{ at: path("occurred_at"), unit: "s" }],
    entity: [path("content.customer.id"), path("content.subscription.id")],
  },
});

export const postmark = basic({
  id: "postmark",
  name: "Postmark",
  docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
  confidence: "secondary",
  setup: {
    where: "your server > a message stream > Webhooks > Add webhook, with basic auth",
    secret: BASIC_SECRET,
    notes:
      "Nothing is signed. Enter the credentials as Basic auth or in the address (`https://user:password@...`); inbound mail has only the latter.",
  },
  success: { status: 200 },
  event: {
    otherwise: { by: "body", because: "Every body has the message's id, what became of it and when." },
    type: [[path("RecordType")]],
    entity: [path("MessageID")],
  },
});

/** `meta.attempt` counts the attempts, so the event's hash is that of what does not change. */
export const pipedrive = basic({
  id: "pipedrive",
  name: "Pipedrive",
  docs: "https://pipedrive.readme.io/docs/guide-for-webhooks-v2",
  confidence: "secondary",
  setup: { where: "Tools and apps > Webhooks > Create webhook, with HTTP auth", secret: BASIC_SECRET },
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    hashOf: [path("meta.id"), path("meta.entity_id"), path("meta.action"), path("meta.timestamp")],
    type: [[path("meta.entity"), ".", path("meta.action")]],
    time: [{ at: path("meta.timestamp"), unit: "iso" }],
    entity: [path("meta.entity_id")],
  },
});

export const mailchimp = token({
  id: "mailchimp",
  name: "Mailchimp Marketing",
  docs: "https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/",
  confidence: "secondary",
  setup: {
    where: "Audience > Settings > Webhooks > Create new webhook; end the address with ?secret=<your secret>",
    secret: "the text after ?secret=",
    notes: "The secret is part of the address: choose letters and digits, at least 32 of them.",
  },
  at: query("secret"),
  contentTypes: ["application/x-www-form-urlencoded"],
  event: {
    otherwise: { by: "body", because: "Every body has the time at which it was fired." },
    type: [[path("type")]],
    entity: [path("data.id"), path("data.list_id")],
  },
});

export const strava = unsigned({
  id: "strava",
  name: "Strava",
  docs: "https://developers.strava.com/docs/webhooks/",
  confidence: "secondary",
  setup: {
    where: "POST /api/v3/push_subscriptions of the API",
    secret: "none",
    notes: "Take the webhook as a hint and fetch the object from Strava before you act on it.",
  },
  success: { status: 200 },
  event: {
    otherwise: { by: "body", because: "Every body has the time of the event and the id of its object." },
    type: [[path("object_type"), ".", path("aspect_type")]],
    time: [{ at: path("event_time"), unit: "s" }],
    entity: [path("owner_id")],
  },
});

/** The body is an id and nothing else, so every change of one payment has the same bytes. */
export const mollieClassic = unsigned({
  id: "mollie-classic",
  name: "Mollie (classic webhooks)",
  docs: "https://docs.mollie.com/reference/webhooks",
  confidence: "secondary",
  setup: {
    where: "webhookUrl of the request that makes a payment",
    secret: "none",
    notes:
      "The body is an id only: fetch the object from Mollie. Every change of one object has the same bytes and is one event within the retention of the records: use the next-gen webhooks where each change counts.",
  },
  contentTypes: ["application/x-www-form-urlencoded"],
  success: { status: 200 },
  event: {
    otherwise: { by: "request", because: "A body is an id only and is the same for every change." },
    type: [["payment"]],
    entity: [path("id")],
  },
});
