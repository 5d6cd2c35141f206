import { describeError } from "./errors";
import { ApiError, type Endpoint, type Progress, type ReconcilePorts, type Window } from "./reconcile-ports";
import { reconcileWindow, type Found } from "./reconcile-window";

/** Milliseconds before the cursor that each run compares again: some events are listed late, and clocks differ. */
export const OVERLAP_MS = 60 * 60_000;

/** Margin in milliseconds within the time for which the provider lists events and the table keeps records. */
export const LOOK_BACK_MARGIN_MS = 60 * 60_000;

/**
 * Milliseconds, in addition to the schedule's period, by which the cursor may lag before failures of the API raise the
 * alarm.
 */
export const MAX_LAG_MS = 2 * 60 * 60_000;

/** Maximum number of ids of each kind that are saved for the next run; an item of the table can have 400 KB. */
const MAX_KEPT_IDS = 1_000;

/** Settings of one provider. Times are in milliseconds. */
export interface ReconcileSettings {
  readonly provider: string;
  /** Minimum age of an event that counts as missing: the provider may be about to send younger ones. */
  readonly settleMs: number;
  /** How long the table keeps a record: an event whose record has expired is not missing. */
  readonly recordsKeptMs: number;
  /** Period of the schedule. */
  readonly everyMs: number;
}

/** Result of a run. */
export interface Report {
  /** The compared range; absent if the provider lists no events, or if this was the first run. */
  readonly window?: Window;
  readonly listed: number;
  readonly found: readonly Found[];
  /** Ids of events whose redelivery an earlier run requested, and that have arrived. */
  readonly arrived: readonly string[];
  /**
   * Range that can no longer be compared, because the provider does not list it or the table does not keep it any more.
   */
  readonly unknown?: Window;
  readonly off?: string;
  readonly notes: readonly string[];
}

const NOTHING: Report = { listed: 0, found: [], arrived: [], notes: [] };
const NO_IDS: ReadonlySet<string> = new Set();

/**
 * Returns the earliest time that can be compared, given how long the provider lists events and the table keeps records.
 */
export function earliest({ recordsKeptMs }: ReconcileSettings, { api }: ReconcilePorts, now: number): number {
  return now - Math.min(api.events?.keptMs ?? 0, recordsKeptMs) + LOOK_BACK_MARGIN_MS;
}

/**
 * Compares a range that an operator names. Neither reads nor moves the cursor.
 * @returns undefined if another run has the lease; a dry run needs none
 */
export async function reconcileRange(
  range: Window,
  settings: ReconcileSettings,
  dryRun: boolean,
  ports: ReconcilePorts,
): Promise<Report | undefined> {
  const unleased = { ...ports, lease: { ...ports.lease, renew: () => Promise.resolve() } };
  if (dryRun) return inRange(range, settings, true, unleased);
  return withLease(settings, ports, () => inRange(range, settings, false, ports));
}

async function inRange(
  range: Window,
  settings: ReconcileSettings,
  dryRun: boolean,
  ports: ReconcilePorts,
): Promise<Report> {
  const endpoint = await ports.api.endpoint();
  const until = Math.min(range.until, settledUntil(endpoint, settings, ports));
  const window = { from: range.from, until: Math.max(until, range.from) };
  return inWindows(window, { dryRun, endpoint, requeueFrom: window.from, requested: NO_IDS }, ports);
}

/**
 * Compares the events since the last run, and an overlap before it, on a schedule. The cursor advances only past events
 * that are durable or permanently lost. The first run starts at the current time.
 * @returns undefined if another run has the lease
 * @throws the error of the API or a service; it is logged, and the next run begins at the same cursor
 */
export function reconcileDue(
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<Report | undefined> {
  return withLease(settings, ports, (before) => sinceCursor(before, settings, ports));
}

async function sinceCursor(
  before: Progress | undefined,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<Report> {
  const endpoint = await ports.api.endpoint();
  const { off, notes } = endpoint;
  if (!ports.api.events) return { ...NOTHING, notes, ...(off !== undefined && { off }) };
  const until = settledUntil(endpoint, settings, ports);
  if (!before) {
    await ports.lease.save({ cursor: until, requested: NO_IDS, lost: NO_IDS });
    return { ...NOTHING, notes, ...(off !== undefined && { off }) };
  }
  const { cursor, requested, lost } = before;
  const oldest = earliest(settings, ports, endpoint.now);
  const window = { from: Math.max(cursor - OVERLAP_MS, oldest), until };
  const progress = (report: Report, reached: number): Progress => ({
    // Never move the cursor back: the overlap still covers a redelivery in progress before it.
    cursor: Math.max(cursor, reached),
    requested: idsOf(report, ["requested", "waiting"]),
    lost: idsOf(report, ["unrecoverable"]),
  });
  const save = (report: Report, reached: number) => ports.lease.save(progress(report, reached));
  const report = await inWindows(
    window,
    { dryRun: false, endpoint, requeueFrom: cursor, requested, save },
    ports,
  );
  return {
    ...report,
    // Leave out events that an earlier run already reported as lost.
    found: report.found.filter(({ id, fate }) => fate !== "unrecoverable" || !lost.has(id)),
    ...(cursor < oldest && { unknown: { from: cursor, until: oldest } }),
  };
}

interface WindowsOptions {
  readonly dryRun: boolean;
  readonly endpoint: Endpoint;
  readonly requeueFrom: number;
  readonly requested: ReadonlySet<string>;
  /** Saves the progress after each window. */
  readonly save?: (report: Report, reached: number) => Promise<void>;
}

/**
 * Compares a range in windows of the provider's preferred length, up to the first with an event that is not yet
 * durable.
 */
async function inWindows(
  range: Window,
  { dryRun, endpoint, requeueFrom, requested, save }: WindowsOptions,
  ports: ReconcilePorts,
): Promise<Report> {
  const { off, notes, expects } = endpoint;
  const longest = ports.api.events?.longestMs ?? Infinity;
  let report: Report = { ...NOTHING, window: range, notes, ...(off !== undefined && { off }) };
  const handled = new Set<string>();
  for (let { from } = range; from < range.until;) {
    const window = { from, until: Math.min(from + longest, range.until) };
    const options = { dryRun, requeueFrom, requested, handled, expects };
    const result = await reconcileWindow(window, options, ports);
    const noted = result.found.flatMap(({ note }) => note ?? []);
    report = {
      ...report,
      listed: report.listed + result.listed,
      found: [...report.found, ...result.found],
      arrived: [...report.arrived, ...result.arrived],
      notes: [...new Set([...report.notes, ...noted])],
    };
    await save?.(report, result.reached);
    const isHeldUp = result.found.some(({ fate }) => fate === "requested" || fate === "waiting");
    from = isHeldUp ? range.until : result.reached;
  }
  return report;
}

/**
 * Returns the time up to which events are settled, by the earlier of the two clocks: the cursor must not pass an event
 * that is not listed yet.
 */
function settledUntil({ now }: Endpoint, { settleMs }: ReconcileSettings, ports: ReconcilePorts): number {
  return Math.min(now, ports.now()) - settleMs;
}

function idsOf({ found }: Report, fates: readonly Found["fate"][]): ReadonlySet<string> {
  return new Set(
    found
      .filter(({ fate }) => fates.includes(fate))
      .slice(-MAX_KEPT_IDS)
      .map(({ id }) => id),
  );
}

/** Runs with the lease, logs the result or the failure, and releases the lease. */
async function withLease(
  settings: ReconcileSettings,
  ports: ReconcilePorts,
  run: (progress: Progress | undefined) => Promise<Report>,
): Promise<Report | undefined> {
  const { provider } = settings;
  const at = new Date(ports.now()).toISOString();
  let progress: Progress | undefined;
  try {
    const taken = await ports.lease.take();
    if (!taken) {
      ports.log({ event: "reconcile.skipped", provider });
      return undefined;
    }
    ({ progress } = taken);
    const report = await run(progress);
    const counts = countsOf(report, progress);
    logReport(settings, report, counts, ports);
    const { off } = report;
    await ports.lease.release({ at, ...counts, ...(off !== undefined && { off }) });
    return report;
  } catch (error) {
    const lag = progress ? ports.now() - progress.cursor : 0;
    const isOutage = !(error instanceof ApiError) || error.problem === "unavailable";
    const failing = !isOutage || lag > settings.everyMs + settings.settleMs + MAX_LAG_MS;
    ports.log({ event: "reconcile.failed", provider, error: describeError(error), failing });
    const counts = { missing: 0, recovered: 0, unrecoverable: 0 };
    // Ignore a failure to release: the lease expires.
    await ports.lease.release({ at, ...counts, error: describeError(error) }).catch(() => undefined);
    throw error;
  }
}

/**
 * Returns how many events were missing and how many of them were recovered or lost; each event is counted in one run
 * only.
 */
export function countsOf({ found, arrived }: Report, before?: Progress) {
  const count = (fates: readonly Found["fate"][]) => found.filter(({ fate }) => fates.includes(fate)).length;
  const again = found.filter(
    ({ id, fate }) => (before?.requested.has(id) ?? false) && fate !== "requeued" && fate !== "quarantined",
  ).length;
  return {
    missing: count(["missing", "recovered", "requested", "waiting", "unrecoverable"]) - again,
    recovered: count(["recovered"]) + arrived.length,
    unrecoverable: count(["unrecoverable"]),
  };
}

function logReport(
  { provider }: ReconcileSettings,
  report: Report,
  counts: ReturnType<typeof countsOf>,
  { log }: ReconcilePorts,
): void {
  const { window, unknown, found, listed, notes, off } = report;
  for (const { id, at, type, fate } of found)
    log({ event: "reconcile.event", provider, id, type, at: new Date(at).toISOString(), fate });
  log({
    event: "reconcile.ran",
    provider,
    ...(window && { from: new Date(window.from).toISOString(), until: new Date(window.until).toISOString() }),
    listed,
    ...counts,
    notes,
    ...(off !== undefined && { off }),
    ...(unknown && { unknownSince: new Date(unknown.from).toISOString() }),
  });
}
