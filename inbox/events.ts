import { ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import { setTimeout as pause } from "node:timers/promises";
import type { Inbox } from "./connect";
import { readLoggedEvent } from "./logged-event";
import { pagesOf, type LogLine } from "./logs";

/** An event of the events' log; without `data` if the log does not keep it (`eventLogData`). */
export interface BusEvent extends Readonly<Record<string, unknown>> {
  /** Id that EventBridge gave the event. */
  readonly id: string;
  /** Time of publishing, RFC 3339. */
  readonly time: string;
  readonly source: string;
  readonly "detail-type": string;
  /** The webhook's event; for an event of another program, whatever that program published. */
  readonly detail: {
    readonly id: string;
    readonly provider: string;
    readonly type: string;
    readonly replay: number;
    /** When the webhook was received, RFC 3339. */
    readonly receivedat: string;
  } & Readonly<Record<string, unknown>>;
}

export interface FollowOptions {
  /** Time from which events are followed, milliseconds since the epoch. */
  readonly since: number;
  /** Name of the only provider whose events are followed. @default all providers */
  readonly provider?: string;
  readonly signal: AbortSignal;
}

/** Milliseconds between two reads of the log. AWS allows five to ten searches per second for the whole account. */
const POLL_MS = { local: 300, aws: 2_000 } as const;

/** Milliseconds by which an event can reach the log later than a newer event. */
const LATE_MS = 10_000;

/**
 * Follows the events on the bus until it is aborted. It reads the events' log, which exists anyway: nothing has to be
 * set up or removed, and it costs nothing, unlike a queue behind a rule or CloudWatch's Live Tail.
 */
export async function* followEvents(inbox: Inbox, options: FollowOptions): AsyncGenerator<BusEvent> {
  const { provider, signal } = options;
  const text = provider === undefined ? "" : `webhook.${provider}`;
  /** Times of events that were shown already, by their ids. */
  const shown = new Map<string, number>();
  let from = options.since;
  while (!signal.aborted) {
    const found = await readOnce(inbox, text, from, signal);
    for (const { at, json } of found) {
      const event = readLoggedEvent(json) as unknown as BusEvent;
      if (shown.has(event.id) || (provider !== undefined && event.source !== text)) continue;
      shown.set(event.id, Date.parse(at));
      yield event;
    }
    const newest = Math.max(from, ...shown.values());
    from = Math.max(from, newest - LATE_MS);
    for (const [id, at] of shown) if (at < from) shown.delete(id);
    await pause(inbox.emulated ? POLL_MS.local : POLL_MS.aws, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Reads lines of the events' log in the order of time; those of the same moment in the order in which they were
 * written.
 */
async function readOnce(inbox: Inbox, text: string, from: number, signal: AbortSignal): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  try {
    // Reads beyond the present: the clocks of this machine and of EventBridge may differ.
    const window = { from, to: Date.now() + 60_000 };
    for await (const page of pagesOf(inbox, {
      logGroupName: inbox.outputs.event_log_group_name,
      text,
      ...window,
    })) {
      lines.push(...page.lines);
      if (signal.aborted) break;
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
