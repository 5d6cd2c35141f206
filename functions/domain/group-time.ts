import type { CallLimit, GroupPorts } from "./group-ports";

/** Pause between tries within one receive. */
export const PAUSE_MS = 1_500;

/** Nothing is tried again with less time left: the execution, the parking and the answer must fit. */
export const MIN_REMAINING_MS = 8_000;

/** Longest that an execution over a batch is waited for: its own time-out of 20 s and the way to it. */
export const EXECUTION_MS = 22_000;

/**
 * Longest that an execution over a webhook alone is waited for, once it came back unprocessed. One takes less than a second,
 * and about 5 s where one service hangs.
 */
export const ALONE_MS = 6_000;

/** Longest that a probe is waited for. */
export const PROBE_MS = 3_000;

/** Longest that a call to the queues and the table is waited for. */
export const CALL_MS = 2_000;

/** What an execution must leave for the calls behind it: counting the failure, asking for the breaker, changing the wait. */
const AFTERWARDS_MS = 8_000;

/** What every call leaves for the answer. */
const ANSWER_MS = 500;

/** No execution is started with less time than this. */
export const MIN_EXECUTION_MS = 1_000;

/** Milliseconds that a call may take: its own limit, or what is left before the answer has to be on its way. */
export function within(limitMs: number, ports: GroupPorts): CallLimit {
  return { timeoutMs: Math.max(0, Math.min(limitMs, ports.remainingMs() - ANSWER_MS)) };
}

/** Milliseconds that an execution may take, so that what follows it fits as well as can be. */
export function timeForExecution(limitMs: number, ports: GroupPorts): number {
  const remaining = ports.remainingMs();
  return Math.min(limitMs, Math.max(remaining - AFTERWARDS_MS, remaining / 2));
}

/** Whether there is time for an execution over a webhook alone, and for another over those behind it. */
export function hasTimeToSpare(ports: GroupPorts): boolean {
  return ports.remainingMs() >= ALONE_MS + AFTERWARDS_MS;
}
