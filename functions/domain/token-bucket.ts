/** Limits a rate by name with token buckets. */
export interface TokenBuckets {
  /** Takes a token; returns false if none is left. */
  take(name: string): boolean;
}

/**
 * Creates token buckets.
 * @param burst capacity of a bucket
 * @param perSecond tokens added per second
 * @param now milliseconds since the epoch
 */
export function tokenBuckets(burst: number, perSecond: number, now: () => number): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(name) {
      const { tokens, at } = buckets.get(name) ?? { tokens: burst, at: now() };
      // Ignore a clock that was set back: it adds and removes no tokens.
      const elapsed = Math.max(0, now() - at) / 1_000;
      const left = Math.min(burst, tokens + elapsed * perSecond);
      const taken = left >= 1;
      buckets.set(name, { tokens: taken ? left - 1 : left, at: now() });
      return taken;
    },
  };
}
