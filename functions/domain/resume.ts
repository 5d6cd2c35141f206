import type { Log } from "./log-line";
import type { PauseState } from "./pause";

/** A provider's pause as the recovery function reads it. Times are RFC 3339. */
export interface Pause {
  readonly state: PauseState;
  readonly since: string;
  readonly reason?: string;
  readonly resumedAt?: string;
  /** Time at which messages were last found held. */
  readonly busyAt?: string;
}

export interface ResumePorts {
  readonly pauses: {
    read(): Promise<ReadonlyMap<string, Pause>>;
    /** Returns some groups of a provider with held messages; may be slightly out of date. */
    groups(provider: string): Promise<readonly string[]>;
    /** Makes a group process its held messages. @param at milliseconds since the epoch */
    wake(provider: string, group: string, at: number): Promise<void>;
    /** Writes a pause, or ends it if undefined, unless the provider was paused or resumed again. */
    write(provider: string, pause: Pause | undefined, resumedAt: string | undefined): Promise<boolean>;
  };
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Milliseconds without held messages after which a pause is over. An invocation that saw the pause may hold messages
 * for another 30 s, and the index that lists their groups lags, usually by less than a second.
 */
export const QUIET_MS = 10 * 60_000;

/**
 * Runs every minute: reports which providers are paused, and wakes the groups of resuming providers until no message is
 * held.
 */
export async function resume({ pauses, now, log }: ResumePorts): Promise<void> {
  for (const [provider, pause] of await pauses.read()) {
    const { state, since, reason, resumedAt, busyAt } = pause;
    const at = now();
    if (state === "paused") {
      const seconds = Math.round((at - Date.parse(since)) / 1_000);
      log({ event: "provider.paused", provider, since, reason, seconds });
      continue;
    }
    const groups = await pauses.groups(provider);
    for (const group of groups) await pauses.wake(provider, group, at);
    if (groups.length > 0) {
      await pauses.write(provider, { ...pause, busyAt: new Date(at).toISOString() }, resumedAt);
    } else if (at - Date.parse(busyAt ?? resumedAt ?? since) >= QUIET_MS) {
      const ended = await pauses.write(provider, undefined, resumedAt);
      if (ended) log({ event: "provider.resumed", provider, since });
    }
  }
}
