import { runInThisContext } from "node:vm";

/**
 * Stops the clock for libraries that read the machine's own, in whichever way.
 * @returns a function that lets it run again
 */
export function fixClock(now: number): () => void {
  const Real = Date;
  // Under jest, a library that was bundled has the Date of the process and not that of the test.
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
