import type { Arrival } from "../records/arrivals";

/**
 * Milliseconds by which a webhook can appear in the index later than one that was received after it: the ingestion
 * function takes the time of receipt when it begins, and has up to 30 seconds to write the record; the index follows
 * the table a moment later.
 */
export const LATE_MS = 90_000;

/** External calls that following needs. */
export interface FollowPorts {
  /**
   * Returns all webhooks that the index lists as received since a moment, in order. @param since milliseconds since the
   * epoch, as `now`
   */
  readonly arrivals: (since: number, now: number) => Promise<readonly Arrival[]>;
  /** Returns the time by the inbox's clock, milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Returns each webhook that is received once, however late it appears in the index. The sixteen partitions of a day do
 * not advance together, so that reading only what is newer than the last webhook would lose some: each read overlaps
 * the one before it by {@link LATE_MS}.
 */
export class Follower {
  /** Times of receipt, by key, of the webhooks that were returned and can appear again. */
  readonly #seen: Map<string, string>;
  #from: number;

  /**
   * @param from time of receipt to begin at, milliseconds since the epoch
   * @param seen webhooks that are not returned again
   */
  constructor(
    private readonly ports: FollowPorts,
    from: number,
    seen: readonly Arrival[] = [],
  ) {
    this.#from = from;
    this.#seen = new Map(seen.map(({ key, receivedAt }) => [key, receivedAt]));
  }

  /** Time of receipt from which the next read begins; all webhooks before it were returned. */
  get from(): number {
    return this.#from;
  }

  /** Webhooks that were received since {@link Follower.from} and are not returned again. */
  get seen(): readonly Arrival[] {
    return [...this.#seen].map(([key, receivedAt]) => ({ key, receivedAt }));
  }

  /** Returns the new webhooks, in the order of arrival. */
  async next(): Promise<readonly Arrival[]> {
    const startedAt = this.ports.now();
    const found = await this.ports.arrivals(this.#from, startedAt);
    const fresh = found.filter(({ key }) => !this.#seen.has(key));
    for (const { key, receivedAt } of fresh) this.#seen.set(key, receivedAt);
    // Advances by the time of this read and not to the newest webhook: if its clock is ahead it would hide all later
    // ones.
    this.#from = Math.max(this.#from, startedAt - LATE_MS);
    const from = new Date(this.#from).toISOString();
    for (const [key, receivedAt] of this.#seen) if (receivedAt < from) this.#seen.delete(key);
    return fresh;
  }
}

/** Returns a follower of the webhooks received from now on; it skips webhooks that the index lists already. */
export async function followFromNow(ports: FollowPorts): Promise<Follower> {
  const follower = new Follower(ports, ports.now() - LATE_MS);
  await follower.next();
  return follower;
}
