/**
 * Advice on missed events of providers whose API is not compared with the records, by the id of their schemes. It
 * follows the providers' own pages; for a scheme that is not listed, nothing was verified.
 */
const INSTEAD: Readonly<Record<string, string>> = {
  adyen:
    "It repeats a delivery for up to 30 days, so most heal without you. For older ones read its reports in the Customer Area.",
  bitbucket:
    "Its history of requests is in the repository's settings, if it is switched on there. Bodies above 256 KB are not sent at all.",
  calendly:
    "It disables a webhook that failed for 24 hours: create it again, and list scheduled_events of the time between.",
  chargebee: "Its events page sends a failed webhook again, one at a time.",
  checkoutcom: "Its API repeats workflows of an event of the last 90 days.",
  gitlab: "Its API sends a hook's event again: POST /projects/:id/hooks/:hook_id/events/:event_id/resend.",
  gocardless: "Its dashboard sends a webhook again; GET /events lists what happened.",
  intercom:
    "It pauses a webhook with many errors and suspends it after a week. Search contacts and conversations by updated_at.",
  "microsoft-graph":
    "Renew the subscription and run a delta query; lifecycle notifications say missed and subscriptionRemoved.",
  paddle: "Its API replays a notification: POST /notifications/:id/replay.",
  pagerduty: "Its API says whether a subscription is temporarily_disabled; log_entries list what happened.",
  paypal:
    "Its API sends an event of the last 30 days again: POST /v1/notifications/webhooks-events/:id/resend.",
  polar: "Its API lists failed deliveries and sends an event again: POST /v1/webhooks/events/:id/redeliver.",
  razorpay:
    "It disables a webhook that failed for 24 hours: enable it in its dashboard, and list payments from and to.",
  recurly: "Its page sends one failed notification again, or all.",
  resend: "Its dashboard and API replay a webhook.",
  slack:
    "It repeats an event three times within minutes, and not later. conversations.history lists messages.",
  square: "POST /v2/events lists events of the last 28 days, with a personal access token.",
  twitch: "Its API says whether a subscription was revoked, as notification_failures_exceeded.",
  woocommerce: "It disables a webhook after five failures: enable it, and list orders by modified_after.",
  workos: "GET /events lists events of the last 30 days.",
  zoom: "It repeats an event three times within an hour and a half, and not later. Its reports list meetings.",
};

const NO_EVENTS: Readonly<Record<string, string>> = {
  shopify:
    "Shopify lists no deliveries: missed events cannot be found, nor read from its API as they were. Read the orders, products or customers by updated_at since then, and treat them as what is true now; what was deleted or changed twice is lost. Shopify repeats a failed delivery eight times in four hours.",
};

/**
 * Returns advice on missed events for a provider whose API is not compared with the records.
 * @param scheme id of the provider's scheme, if it is a built-in one
 */
export function insteadOfReconciling(scheme: string | undefined): string {
  const known = scheme === undefined ? undefined : (NO_EVENTS[scheme] ?? INSTEAD[scheme]);
  return known ?? "Look at the provider's page of deliveries: most send a failed one again from there.";
}
