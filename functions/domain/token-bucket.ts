/** Limits a rate by name with token buckets. */
export interface TokenBuckets {
  /** Takes a token; false if there is none. */
  take(name: string): boolean;
}

/**
 * @param burst tokens of a full bucket
 * @param perSecond tokens that come back
 * @param now milliseconds since the epoch
 */
export function tokenBuckets(burst: number, perSecond: number, now: () => number): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(name) {
      const { tokens, at } = buckets.get(name) ?? { tokens: burst, at: now() };
      // A clock that was set back gives nothing, and takes nothing away.
      const elapsed = Math.max(0, now() - at) / 1_000;
      const left = Math.min(burst, tokens + elapsed * perSecond);
      const taken = left >= 1;
      buckets.set(name, { tokens: taken ? left - 1 : left, at: now() });
      return taken;
    },
  };
}
