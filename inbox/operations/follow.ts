import type { Arrival } from "../records/arrivals";

/**
 * Milliseconds that a webhook can show in the index after one that was received later: the ingestion function takes the
 * time of receipt when it begins, and has up to 30 seconds to write the record; the index follows the table a moment later.
 */
export const LATE_MS = 90_000;

/** What following needs of the outside. */
export interface FollowPorts {
  /** All that the index shows as received since a moment, in order. @param since milliseconds since the epoch, as `now` */
  readonly arrivals: (since: number, now: number) => Promise<readonly Arrival[]>;
  /** Milliseconds since the epoch, by the inbox's clock. */
  readonly now: () => number;
}

/**
 * Gives each webhook that is received once, however late it shows. The sixteen partitions of a day do not advance
 * together, so "newer than the last one" would lose some: each look overlaps the one before it by {@link LATE_MS}.
 */
export class Follower {
  /** When those were received that were given, and can show again. */
  readonly #seen: Map<string, string>;
  #from: number;

  /**
   * @param from milliseconds since the epoch
   * @param seen what is not given again
   */
  constructor(
    private readonly ports: FollowPorts,
    from: number,
    seen: readonly Arrival[] = [],
  ) {
    this.#from = from;
    this.#seen = new Map(seen.map(({ key, receivedAt }) => [key, receivedAt]));
  }

  /** From when on the next look reads: what was received before it has been given. */
  get from(): number {
    return this.#from;
  }

  /** What was received since {@link Follower.from} and is not given again. */
  get seen(): readonly Arrival[] {
    return [...this.#seen].map(([key, receivedAt]) => ({ key, receivedAt }));
  }

  /** Those that are new, in the order of arrival. */
  async next(): Promise<readonly Arrival[]> {
    const startedAt = this.ports.now();
    const found = await this.ports.arrivals(this.#from, startedAt);
    const fresh = found.filter(({ key }) => !this.#seen.has(key));
    for (const { key, receivedAt } of fresh) this.#seen.set(key, receivedAt);
    // From this look and not from the newest webhook on: one of a clock that is ahead would hide all that follow.
    this.#from = Math.max(this.#from, startedAt - LATE_MS);
    const from = new Date(this.#from).toISOString();
    for (const [key, receivedAt] of this.#seen) if (receivedAt < from) this.#seen.delete(key);
    return fresh;
  }
}

/** A follower of what is received from now on: what the index shows already is not given. */
export async function followFromNow(ports: FollowPorts): Promise<Follower> {
  const follower = new Follower(ports, ports.now() - LATE_MS);
  await follower.next();
  return follower;
}
