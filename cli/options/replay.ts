import type { Status } from "../../functions/domain/record";
import { UsageError } from "../../inbox/errors";
import type { RecordFilter } from "../../inbox/records/select";
import type { ForwardOptions } from "./forward";
import { checkRange, pointInTime, type StackOptions } from "./stack";

/** Statuses that are final. Webhooks with another status are still being processed, and would be published twice. */
export const DECIDED: readonly Status[] = ["published", "filtered", "dead_lettered"];

/** Statuses of webhooks that consumers received. */
const SENT: readonly Status[] = ["published"];

export interface ReplayOptions extends StackOptions, ForwardOptions {
  readonly to?: string;
  readonly provider?: string;
  readonly type?: string;
  readonly since?: string;
  readonly until?: string;
  readonly status?: readonly Status[];
  readonly expired?: true;
  /** Name of a rule; true for every rule. */
  readonly undelivered?: string | true;
  readonly consumer?: string;
  readonly run?: string;
  readonly rate: number;
  readonly dryRun?: true;
  readonly yes?: true;
}

/** @throws UsageError if the options select nothing, or contradict each other */
export function assertSays(
  provider: string | undefined,
  id: string | undefined,
  options: ReplayOptions,
): void {
  const filters = [options.provider, options.type, options.since, options.until, options.status];
  const filtered = filters.some((filter) => filter !== undefined);
  if (options.undelivered !== undefined) {
    const others = [provider, options.to, options.consumer, options.expired];
    if (filtered || others.some((other) => other !== undefined))
      throw new UsageError(
        "--undelivered selects by itself: pass no id, filter, --to or --consumer with it.",
      );
    return;
  }
  if (provider === undefined && !filtered) {
    throw new UsageError(
      "Nothing selected. Pass <provider> <id>, or filters such as --provider and --since.",
    );
  }
  if (provider !== undefined && id === undefined) {
    throw new UsageError(`Give an id too, or --provider ${provider} for all of them.`);
  }
  if (provider !== undefined && filtered) throw new UsageError("Give <provider> <id> or filters, not both.");
  if (
    options.to === undefined &&
    (options.secret ?? options.secretFile ?? options.allowProduction) !== undefined
  )
    throw new UsageError("--secret, --secret-file and --allow-production go with --to.");
  if (options.to !== undefined && options.consumer !== undefined)
    throw new UsageError("Give --to or --consumer, not both.");
  if (options.expired && options.provider === undefined)
    throw new UsageError("--expired goes with --provider.");
  if (options.expired && options.status !== undefined) {
    throw new UsageError("--expired and --status exclude each other: without a record there is no status.");
  }
}

/** Returns the filter that the options describe. @param begun start of the run, milliseconds since the epoch */
export function filterOf(options: ReplayOptions, begun: number): RecordFilter {
  const { provider, type, since, until, consumer } = options;
  const { status = consumer === undefined ? DECIDED : SENT } = options;
  const from = since === undefined ? undefined : pointInTime(since, begun);
  // Excludes webhooks that are received after the start of the run, also if it is resumed.
  const to = until === undefined ? begun : pointInTime(until, begun);
  if (from !== undefined) checkRange(from, to);
  return {
    ...(provider !== undefined && { provider }),
    ...(type !== undefined && { type }),
    ...(from !== undefined && { since: new Date(from).toISOString() }),
    until: new Date(to).toISOString(),
    statuses: status,
  };
}
