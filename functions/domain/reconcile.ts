import { describeError } from "./errors";
import { ApiError, type Endpoint, type Progress, type ReconcilePorts, type Window } from "./reconcile-ports";
import { reconcileWindow, type Found } from "./reconcile-window";

/** Milliseconds before the cursor that each run looks at again: some events are listed late, and clocks differ. */
export const OVERLAP_MS = 60 * 60_000;

/** Milliseconds by which a run looks back less far than the provider lists events and the table keeps records. */
export const LOOK_BACK_MARGIN_MS = 60 * 60_000;

/** Milliseconds that the cursor may be behind before failures of the API raise the alarm, beside the schedule's period. */
export const MAX_LAG_MS = 2 * 60 * 60_000;

/** Ids that a run keeps for the next one, of each kind; a record of the table holds 400 KB. */
const MAX_KEPT_IDS = 1_000;

/** Of one provider. Times are in milliseconds. */
export interface ReconcileSettings {
  readonly provider: string;
  /** Younger events are not missing yet: the provider may be about to send them. */
  readonly settleMs: number;
  /** How long the table keeps a record: an event whose record has expired is not missing. */
  readonly recordsKeptMs: number;
  /** Period of the schedule. */
  readonly everyMs: number;
}

/** What is known after a run. */
export interface Report {
  /** What was looked at; absent if the provider lists no events, or if this was the first run. */
  readonly window?: Window;
  readonly listed: number;
  readonly found: readonly Found[];
  /** Ids of events that the provider was asked to send again by an earlier run, and that have arrived. */
  readonly arrived: readonly string[];
  /** A span that nobody can compare any more: it is older than what the provider lists or the table keeps. */
  readonly unknown?: Window;
  readonly off?: string;
  readonly notes: readonly string[];
}

const NOTHING: Report = { listed: 0, found: [], arrived: [], notes: [] };
const NO_IDS: ReadonlySet<string> = new Set();

/** Returns the earliest time that can be compared: before it the provider or the table has forgotten. */
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
 * Runs on a schedule: compares what happened since the last run, and an overlap before it. The cursor moves on only after all
 * before it is durable or lost for good. The first run begins now.
 * @returns undefined if another run has the lease
 * @throws what the API or a service failed with; it is logged, and the next run begins at the same cursor
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
    // Never back: an overlap's redelivery that is under way is found by the overlap.
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
    // What was lost before was reported then.
    found: report.found.filter(({ id, fate }) => fate !== "unrecoverable" || !lost.has(id)),
    ...(cursor < oldest && { unknown: { from: cursor, until: oldest } }),
  };
}

interface WindowsOptions {
  readonly dryRun: boolean;
  readonly endpoint: Endpoint;
  readonly requeueFrom: number;
  readonly requested: ReadonlySet<string>;
  /** Called after each window, with what was found up to it. */
  readonly save?: (report: Report, reached: number) => Promise<void>;
}

/** Goes through a range in windows that the provider lists well, up to the first that holds what is not durable yet. */
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

/** By the earlier of the two clocks: an event that is not listed yet must not fall before the cursor. */
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

/** Runs with the lease, logs what was found or why nothing was, and gives the lease back. */
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
    // A lease that cannot be given back expires.
    await ports.lease.release({ at, ...counts, error: describeError(error) }).catch(() => undefined);
    throw error;
  }
}

/** How many events were missing, and what became of them; each is counted by one run. */
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
