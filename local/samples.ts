import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./paths";

/** A webhook as its sender would send it. */
export interface Sample {
  /** Name of the provider in Pulumi.local.yaml. */
  readonly provider: string;
  /** File in tests/fixtures/payloads. */
  readonly file: string;
  /** Event type, where the sender puts it into a header. */
  readonly type?: string;
  /** Event id, where the sender puts it into a header. */
  readonly id?: string;
}

/** Two of each scheme, so that order within a provider can be seen. */
export const SAMPLES: readonly Sample[] = [
  { provider: "stripe", file: "stripe-invoice-paid.json" },
  { provider: "github", file: "github-pull-request.json", type: "pull_request" },
  { provider: "shopify", file: "shopify-order-create.json", type: "orders/create" },
  { provider: "slack", file: "slack-app-mention.json" },
  { provider: "standard", file: "standard-contact-created.json", id: "msg_SampleContactCreated" },
  { provider: "acme", file: "acme-build-finished.json", type: "build.finished" },
  { provider: "stripe", file: "stripe-charge-refunded.json" },
  { provider: "github", file: "github-issue-comment.json", type: "issue_comment" },
  { provider: "shopify", file: "shopify-product-update.json", type: "products/update" },
  { provider: "slack", file: "slack-reaction-added.json" },
  { provider: "standard", file: "standard-contact-deleted.json", id: "msg_SampleContactDeleted" },
  { provider: "acme", file: "acme-build-failed.json", type: "build.failed" },
];

/** Dead-lettered after three tries, and published when it is sent again later; see Pulumi.local.yaml. */
export const FAILING_SAMPLE: Sample = { provider: "flaky", file: "flaky-outage.json", type: "outage.begun" };

export function payloadOf(file: string): Buffer {
  return readFileSync(join(ROOT, "tests/fixtures/payloads", file));
}
