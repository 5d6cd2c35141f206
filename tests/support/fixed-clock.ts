import { runInThisContext } from "node:vm";

/**
 * Stops the clock for libraries that read the machine's, in every way of reading it. @returns a function that restarts
 * it
 */
export function fixClock(now: number): () => void {
  const Real = Date;
  // Replace the process's Date, too: under jest a bundled library has that one instead of the test's.
  const Outer = runInThisContext("Date") as DateConstructor;
  const outerNow = Outer.now;
  class Fixed extends Real {
    constructor(...args: [] | [number | string]) {
      if (args.length === 0) super(now);
      else super(...args);
    }
    static override now(): number {
      return now;
    }
  }
  globalThis.Date = Fixed as DateConstructor;
  Outer.now = () => now;
  return () => {
    globalThis.Date = Real;
    Outer.now = outerNow;
  };
}
