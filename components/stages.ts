import type { Consumer } from "./consumer";
import type { EventBus } from "./event-bus";
import type { IngestFunction } from "./ingest-function";
import type { Location } from "./naming";
import type { ProcessFunction } from "./process-function";
import type { ReconcileFunction } from "./reconcile-function";
import type { RecoverFunction } from "./recover-function";
import type { WebhookApi } from "./webhook-api";
import type { WebhookQueue } from "./webhook-queue";
import type { Workflow } from "./workflow";

/** The stages of an inbox, which the dashboard shows and the alarms watch. */
export interface Stages extends Location {
  /** Names of the configured providers. */
  readonly providers: readonly string[];
  /** Maximum silence by provider, for providers with `expectEvery`. */
  readonly expected: Readonly<Record<string, string>>;
  /** Names of the providers that are restricted to certain addresses. */
  readonly fromRanges: readonly string[];
  readonly api: WebhookApi;
  readonly ingest: IngestFunction;
  readonly queue: WebhookQueue;
  readonly processor: ProcessFunction;
  readonly recovery: RecoverFunction;
  /** Absent if no provider is reconciled. */
  readonly reconciliation?: ReconcileFunction | undefined;
  readonly workflow: Workflow;
  readonly bus: EventBus;
  readonly consumers: readonly Consumer[];
}
