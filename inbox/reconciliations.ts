import { progressKey, progressOf } from "../functions/adapters/reconcile/lease";
import { toItem } from "../functions/adapters/record-item";
import type { RunSummary } from "../functions/domain/reconcile-ports";
import type { Inbox } from "./connect";

/** How far the scheduled reconciliation of a provider has come. */
export interface ReconciliationState {
  readonly provider: string;
  /** Time up to which all events are accounted for, RFC 3339; absent before the first run. */
  readonly cursor?: string;
  /** The last run, whether scheduled or by the command line. */
  readonly lastRun?: RunSummary;
  /** Whether runs fail, or have not come further for hours. */
  readonly failing: boolean;
}

/** Milliseconds by which the cursor may be behind, in addition to three periods and the settle time. */
const MAX_LAG_MS = 3_600_000;

/** Reads the state of each provider that has a schedule, by one read of the table each. */
export async function readReconciliations(
  { outputs, clients }: Inbox,
  now: number,
): Promise<readonly ReconciliationState[]> {
  const scheduled = outputs.providers.flatMap(({ name, reconcile }) =>
    reconcile ? [{ name, reconcile }] : [],
  );
  return Promise.all(
    scheduled.map(async ({ name: provider, reconcile }) => {
      const { Item } = await clients.dynamodb.getItem({
        TableName: outputs.dynamodb_table_name,
        Key: toItem({ pk: progressKey(provider) }),
      });
      const { cursor, lastRun } = progressOf(Item) ?? {};
      const mayLag = (reconcile.every_seconds * 3 + reconcile.settle_seconds) * 1_000 + MAX_LAG_MS;
      // A provider whose API lists no events has no cursor.
      const lags = cursor !== undefined && now - Date.parse(cursor) > mayLag;
      const failed = lastRun?.error !== undefined || lastRun?.off !== undefined;
      return {
        provider,
        ...(cursor !== undefined && { cursor }),
        ...(lastRun && { lastRun }),
        failing: lags || failed,
      };
    }),
  );
}

/** Describes the state of a provider's reconciliation in one line. */
export function describeReconciliation({ cursor, lastRun }: ReconciliationState): string {
  if (!lastRun) return "has not run yet";
  const { at, missing, recovered, unrecoverable, error, off } = lastRun;
  if (error !== undefined) return `the run at ${at} failed: ${error}`;
  if (off !== undefined) return off;
  const upTo = cursor === undefined ? "" : `, all events up to ${cursor} are accounted for`;
  return `ran at ${at}: ${missing} missing, ${recovered} recovered, ${unrecoverable} unrecoverable${upTo}`;
}
