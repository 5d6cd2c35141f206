import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./paths";

/** A webhook as its provider would send it. */
export interface Sample {
  /** Name of the provider in Pulumi.local.yaml. */
  readonly provider: string;
  /** File in tests/fixtures/payloads. */
  readonly file: string;
  /** Event type, where the provider puts it into a header. */
  readonly type?: string;
  /** Event id, where the provider puts it into a header. */
  readonly id?: string;
  /** Dotted path of the value in the payload that distinguishes this event from others. @default the whole payload */
  readonly identity?: string;
}

/**
 * Two webhooks of some providers, to show the order within a provider, and one for every other way to sign or
 * challenge.
 */
export const SAMPLES: readonly Sample[] = [
  { provider: "stripe", file: "stripe-invoice-paid.json", identity: "id" },
  { provider: "github", file: "github-pull-request.json", type: "pull_request" },
  { provider: "shopify", file: "shopify-order-create.json", type: "orders/create" },
  { provider: "slack", file: "slack-app-mention.json", identity: "event_id" },
  { provider: "standard", file: "standard-contact-created.json", id: "msg_SampleContactCreated" },
  { provider: "acme", file: "acme-build-finished.json", type: "build.finished" },
  { provider: "stripe", file: "stripe-charge-refunded.json", identity: "id" },
  { provider: "github", file: "github-issue-comment.json", type: "issue_comment" },
  { provider: "shopify", file: "shopify-product-update.json", type: "products/update" },
  { provider: "slack", file: "slack-reaction-added.json", identity: "event_id" },
  { provider: "standard", file: "standard-contact-deleted.json", id: "msg_SampleContactDeleted" },
  { provider: "acme", file: "acme-build-failed.json", type: "build.failed" },
  { provider: "meta", file: "meta-page-feed.json" },
  { provider: "zoom", file: "zoom-meeting-started.json" },
  { provider: "linear", file: "linear-issue-created.json", identity: "data.id" },
  {
    provider: "adyen",
    file: "adyen-authorisation.json",
    identity: "notificationItems.0.NotificationRequestItem.pspReference",
  },
  { provider: "discord", file: "discord-application-authorized.json" },
  { provider: "sendgrid", file: "sendgrid-delivered.json", identity: "0.sg_event_id" },
  { provider: "twilio", file: "twilio-message-delivered.form", identity: "MessageSid" },
  { provider: "hubspot", file: "hubspot-deal-changed.json", identity: "0.eventId" },
];

/**
 * A webhook that is dead-lettered after three attempts, and published if it is redriven later; see Pulumi.local.yaml.
 */
export const FAILING_SAMPLE: Sample = { provider: "flaky", file: "flaky-outage.json", type: "outage.begun" };

export function payloadOf(file: string): Buffer {
  return readFileSync(join(ROOT, "tests/fixtures/payloads", file));
}
