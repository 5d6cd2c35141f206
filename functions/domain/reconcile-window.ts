import type { Fate } from "./reconcile-fate";
import type { ListedEvent, ReconcilePorts, Recorded, Window } from "./reconcile-ports";

/**
 * Maximum bytes of missing events in memory. Lists begin with the newest event, so the oldest that fit are kept; the
 * others become part of the next window.
 */
export const MAX_HELD_BYTES = 8 * 1024 * 1024;

/**
 * Redeliveries of one event after which it counts as unrecoverable: the inbox rejects it, or the provider cannot send
 * it.
 */
export const MAX_REDELIVERIES = 3;

/** Maximum redeliveries that one window requests: GitHub accepts 80 such requests a minute and 500 an hour. */
export const MAX_REQUESTS = 150;

export interface Found extends Pick<ListedEvent, "id" | "at" | "type" | "note"> {
  readonly fate: Fate;
}

export interface WindowResult {
  /** Events of the window that the provider sends to this endpoint. */
  readonly listed: number;
  /** Events that were not recorded as done, oldest first. */
  readonly found: readonly Found[];
  /** Time within the window up to which all events are durable or lost. */
  readonly reached: number;
  /** Ids of events that earlier runs requested and that have arrived. */
  readonly arrived: readonly string[];
}

export interface WindowOptions {
  readonly dryRun: boolean;
  /** Time from which recorded but unprocessed events are queued again; an earlier run covered those before. */
  readonly requeueFrom: number;
  /** Ids of events whose redelivery earlier runs requested. */
  readonly requested: ReadonlySet<string>;
  /** Ids of events that this run has handled; the window adds its own. */
  readonly handled: Set<string>;
  readonly expects: (event: ListedEvent) => boolean;
}

/** An event without a record, or whose record does not prove that its message is in the queue. */
interface Missing {
  readonly event: ListedEvent;
  readonly recorded: Recorded | undefined;
}

/** Compares the events of a window with the records, and recovers the missing ones, oldest first. */
export async function reconcileWindow(
  window: Window,
  options: WindowOptions,
  ports: ReconcilePorts,
): Promise<WindowResult> {
  const { missing, ...compared } = await compare(window, options, ports);
  const quarantined = missing.length === 0 ? new Set() : await ports.quarantined(window.from);
  const found: Found[] = [];
  const fateOf = async (one: Missing): Promise<Fate> => {
    if (quarantined.has(one.event.id)) return "quarantined";
    if (options.dryRun) return "missing";
    const requests = found.filter(({ fate }) => fate === "requested").length;
    return recover(one, requests < MAX_REQUESTS, ports);
  };
  for (const one of missing) {
    await ports.lease.renew();
    const { id, at, type, note } = one.event;
    options.handled.add(id);
    found.push({ id, at, type, fate: await fateOf(one), ...(note !== undefined && { note }) });
  }
  const pending = found.filter(({ fate }) => fate === "requested" || fate === "waiting");
  const { listed, arrived, until } = compared;
  return { listed, arrived, found, reached: Math.min(until, ...pending.map(({ at }) => at)) };
}

/**
 * Lists the window and returns its missing events, oldest first. `until` is before the window's end if not all of them
 * fit into memory.
 */
async function compare(
  window: Window,
  { requeueFrom, requested, handled, expects }: WindowOptions,
  { api, records, lease }: ReconcilePorts,
) {
  const lookUp = records.open(window);
  const arrived: string[] = [];
  // In the order of the list, newest first.
  const missing: Missing[] = [];
  let { until } = window;
  let listed = 0;
  let held = 0;
  for await (const page of api.events?.list(window) ?? []) {
    await lease.renew();
    const expected = page.filter((event) => expects(event) && !handled.has(event.id));
    listed += expected.length;
    const known = await lookUp(expected.map(({ id }) => id));
    for (const event of expected) {
      const recorded = known.get(event.id);
      if (recorded && requested.has(event.id)) arrived.push(event.id);
      // Count a recorded event that was redelivered as queued: another redelivery could not do more.
      const isQueued = event.at < requeueFrom || (event.delivery?.redeliveries ?? 0) > 0;
      if (recorded === "done" || (recorded && isQueued)) continue;
      missing.push({ event, recorded });
      held += event.content?.body.length ?? 0;
    }
    while (held > MAX_HELD_BYTES && missing.length > 1) {
      const newest = missing.shift()?.event;
      held -= newest?.content?.body.length ?? 0;
      until = Math.min(until, newest?.at ?? until);
    }
  }
  // Reverse before sorting, which is stable: events of the same time keep the provider's order.
  missing.reverse().sort((a, b) => a.event.at - b.event.at);
  return { missing: missing.filter(({ event }) => event.at <= until), arrived, listed, until };
}

async function recover(
  { event, recorded }: Missing,
  mayRequest: boolean,
  { api, admit }: ReconcilePorts,
): Promise<Fate> {
  if (event.content) {
    const outcome = await admit(event);
    return recorded || outcome === "duplicate" ? "requeued" : "recovered";
  }
  const redeliver = api.events?.redeliver;
  const { delivery } = event;
  if (!redeliver || !delivery || delivery.redeliveries >= MAX_REDELIVERIES) return "unrecoverable";
  if (!mayRequest) return "waiting";
  if (!(await redeliver(delivery))) return "unrecoverable";
  return recorded ? "requeued" : "requested";
}
