/** A source of random test input that can be repeated. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Returns the next number, by mulberry32: small, and good enough to choose test cases. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** Returns a whole number from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    return this.next() % limit;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error("nothing to pick from");
    return from[this.below(from.length)] as T;
  }

  /** Returns bytes of any value, including NUL and invalid UTF-8. */
  bytes(limit: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(limit) }, () => this.below(256)));
  }
}

/**
 * Runs a check over random cases. The seed is in the message of a failure; set SEED to run the same cases again.
 */
export function forRandomCases(cases: number, check: (random: Random) => void): void {
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  const random = new Random(seed);
  for (let index = 0; index < cases; index++) {
    try {
      check(random);
    } catch (cause) {
      throw new Error(`case ${index} of SEED=${seed}: ${String(cause)}`, { cause });
    }
  }
}
