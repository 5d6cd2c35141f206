import { reject, type Rejection } from "./request";

/**
 * Returns why a time of signing is not accepted, or undefined if it is.
 * @param window seconds to either side of our clock
 */
export function outsideWindow(timestamp: number, now: number, window: number): Rejection | undefined {
  const ahead = (timestamp - now) / 1000;
  if (Math.abs(ahead) <= window) return undefined;
  return reject(
    "timestamp_outside_window",
    `it was signed ${Math.abs(ahead)} s ${ahead > 0 ? "ahead of" : "behind"} our clock; up to ${window} s are accepted`,
    timestamp,
  );
}
