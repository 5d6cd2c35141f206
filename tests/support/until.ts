import { setTimeout as pause } from "node:timers/promises";

/** Longest pause between two checks, in milliseconds: checking takes processor time from what is awaited. */
const LONGEST_PAUSE_MS = 400;

/**
 * Waits until a function returns something other than undefined or false, and returns that.
 * @param what description for the error, which also has the last answer's error if there was one
 * @param timeoutMs milliseconds until it gives up
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 40_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.2, LONGEST_PAUSE_MS)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms without success for: ${what}`);
    await pause(pauseMs);
  }
}
