import type { ApiSettings } from "../../functions/adapters/reconcile/apis";
import { reconcilePorts } from "../../functions/adapters/reconcile/ports";
import { DAY_MS } from "../../functions/domain/day";
import type { SecretRef } from "../../functions/domain/secret-ref";
import { earliest, reconcileRange, type Report } from "../../functions/domain/reconcile";
import type { Window } from "../../functions/domain/reconcile-ports";
import { liveSecrets } from "../../functions/domain/stored-secrets";
import type { Inbox } from "../connect";
import { UsageError } from "../errors";
import type { StackProvider } from "../outputs";
import { secretStore } from "../secrets";
import { releasePorts } from "./release-ports";

export interface ReconcileRun {
  readonly provider: StackProvider;
  readonly settings: ApiSettings;
  /** Key of the provider's API. */
  readonly apiKey: string;
  readonly range: Window;
  readonly settleMs: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Reads the stored key of a provider's API. @throws UsageError if there is none that is still used */
export async function storedApiKey(ref: SecretRef, { clients }: Inbox): Promise<string> {
  const store = secretStore(ref, clients);
  const [key] = liveSecrets(await store.read(), Date.now());
  if (key === undefined) throw new UsageError(`There is no API key in ${store.name}.`);
  return key;
}

/**
 * Compares the events that a provider's API lists for a range with the records, and recovers missing ones.
 * @returns undefined if another run holds the provider's lease
 * @throws UsageError if the range begins before what the provider lists or the table keeps
 */
export async function reconcile(run: ReconcileRun, inbox: Inbox): Promise<Report | undefined> {
  const { provider, settings, apiKey, range, settleMs, dryRun, signal } = run;
  const { outputs, clients } = inbox;
  const { name, orderingKey } = provider;
  if (typeof provider.scheme !== "string") throw new UsageError(`${name} has a scheme of your own.`);
  const reconciled = { name, scheme: provider.scheme, orderingKey, settings };
  const ports = reconcilePorts(reconciled, apiKey, {
    table: outputs.dynamodb_table_name,
    bucket: outputs.s3_bucket_name,
    quarantine: true,
    dynamodb: clients.dynamodb,
    s3: clients.s3,
    stores: releasePorts(inbox),
    log: () => undefined,
    signal,
  });
  const recordsKeptMs = outputs.record_retention_days * DAY_MS;
  const timing = { provider: name, settleMs, everyMs: 0, recordsKeptMs };
  if (ports.api.events) {
    const oldest = earliest(timing, ports, Date.now());
    if (range.from < oldest)
      throw new UsageError(
        `--since has to be ${new Date(oldest).toISOString()} or later: before, the provider does not list its events any more, or their records have expired and all would look missing.`,
      );
  }
  return reconcileRange(range, timing, dryRun, ports);
}
