import type { CallLimit, GroupPorts } from "./group-ports";

/** Pause between attempts within one receive. */
export const PAUSE_MS = 1_500;

/** Minimum time left for another attempt: the execution, the dead-lettering and the response must fit. */
export const MIN_REMAINING_MS = 8_000;

/** Time limit of an execution over a batch: its own time-out of 20 s and the latency. */
export const EXECUTION_MS = 22_000;

/**
 * Time limit of an execution over a single webhook that was received before. It usually takes less than a second, or
 * about 5 s if a service hangs.
 */
export const ALONE_MS = 6_000;

/** Time limit of a probe. */
export const PROBE_MS = 3_000;

/** Time limit of a call to SQS or DynamoDB. */
export const CALL_MS = 2_000;

/**
 * Time reserved for the calls after an execution: recording the failure, opening the breaker, changing the visibility.
 */
const AFTERWARDS_MS = 8_000;

/** Time reserved for the response. */
const ANSWER_MS = 500;

/** Minimum time left to start an execution. */
export const MIN_EXECUTION_MS = 1_000;

/** Returns the time limit of a call in milliseconds: its own, or what is left before the response is due. */
export function within(limitMs: number, ports: GroupPorts): CallLimit {
  return { timeoutMs: Math.max(0, Math.min(limitMs, ports.remainingMs() - ANSWER_MS)) };
}

/** Returns the time limit of an execution in milliseconds, reserving time for the calls after it. */
export function timeForExecution(limitMs: number, ports: GroupPorts): number {
  const remaining = ports.remainingMs();
  return Math.min(limitMs, Math.max(remaining - AFTERWARDS_MS, remaining / 2));
}

/** Returns whether there is time for an execution over a single webhook and another over those behind it. */
export function hasTimeToSpare(ports: GroupPorts): boolean {
  return ports.remainingMs() >= ALONE_MS + AFTERWARDS_MS;
}
