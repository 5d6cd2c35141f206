import { ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import { setTimeout as pause } from "node:timers/promises";
import type { Inbox } from "./connect";
import { readLoggedEvent } from "./logged-event";
import { pagesOf, type LogLine } from "./logs";

/** An event of the events' log; without `data` if that keeps none (`eventLogData`). */
export interface BusEvent extends Readonly<Record<string, unknown>> {
  /** EventBridge's own id of it. */
  readonly id: string;
  /** RFC 3339. */
  readonly time: string;
  readonly source: string;
  readonly "detail-type": string;
  /** Of an event that another program published, whatever that says. */
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
  /** Events from here on, milliseconds since the epoch. */
  readonly since: number;
  /** Only of this provider. */
  readonly provider?: string;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks. AWS allows five to ten searches a second in an account, for everybody together. */
const POLL_MS = { local: 300, aws: 2_000 } as const;

/** Milliseconds that an event may reach the log after one that is newer than it. */
const LATE_MS = 10_000;

/**
 * Follows the events on the bus until it is aborted. It reads the log that every rule of the bus
 * writes to: nothing is set up for it, nothing is left behind, and it costs nothing, unlike a queue behind a rule or
 * CloudWatch's Live Tail.
 */
export async function* followEvents(inbox: Inbox, options: FollowOptions): AsyncGenerator<BusEvent> {
  const { provider, signal } = options;
  const text = provider === undefined ? "" : `webhook.${provider}`;
  /** When the events were published that are not shown again, by their ids. */
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

/** Lines of the events' log in the order of time, those of one moment in the order in which they were written. */
async function readOnce(inbox: Inbox, text: string, from: number, signal: AbortSignal): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  try {
    // The clocks of this machine and of EventBridge may differ.
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
