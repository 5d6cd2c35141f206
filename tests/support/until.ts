import { setTimeout as pause } from "node:timers/promises";

/**
 * Awaits a condition: asks until it answers something other than undefined or false.
 * @param what named in the error, with the last answer's error if there was one
 * @param timeoutMs milliseconds until it gives up
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms without success for: ${what}`);
    await pause(50);
  }
}
