import { describeError } from "./errors";
import type { Failure, GroupPorts } from "./group-ports";
import { CALL_MS, within } from "./group-time";
import type { ReceivedMessage } from "./message";
import type { Cause } from "./process-head";

/** Seconds until a webhook that failed is received again if there was no time for another attempt. */
export const RETRY_AFTER_SECONDS = 2;

/** Seconds until webhooks are received again after the first failure of a service. */
export const OUTAGE_RETRY_AFTER_SECONDS = 20;

/**
 * Seconds until webhooks become visible after a request to open the breaker. Longer than Lambda takes to stop reading
 * the queue, so that the last receive is not used up before that.
 */
export const PAUSED_RETRY_AFTER_SECONDS = 120;

/** Seconds until the last receive if the breaker cannot be reached either. */
export const UNPAUSED_RETRY_AFTER_SECONDS = 900;

/**
 * Returns the seconds until a failed webhook is received again. An execution that was abandoned may run for another 20
 * s.
 */
export async function waitFor(
  cause: Cause,
  timedOut: boolean,
  message: ReceivedMessage,
  failure: Failure,
  ports: GroupPorts,
): Promise<number> {
  if (cause === "service") return waitOutOutage(message, failure, ports);
  return timedOut ? OUTAGE_RETRY_AFTER_SECONDS : RETRY_AFTER_SECONDS;
}

/** Changes the visibility timeout. If that fails the queue's default applies. */
export async function letWait(
  messages: readonly ReceivedMessage[],
  seconds: number,
  ports: GroupPorts,
): Promise<void> {
  try {
    await ports.queue.retryAfter(messages, seconds, within(CALL_MS, ports));
  } catch (error) {
    ports.log({ event: "queue.retry_after_failed", error: describeError(error) });
  }
}

/**
 * Returns how long to wait for a service. At the receive before the last, all processing pauses, because another
 * failure would dead-letter healthy webhooks.
 */
async function waitOutOutage(
  message: ReceivedMessage,
  { error }: Failure,
  ports: GroupPorts,
): Promise<number> {
  if (message.receiveCount < ports.maxReceiveCount - 1) return OUTAGE_RETRY_AFTER_SECONDS;
  try {
    await ports.breaker.open(error);
    return PAUSED_RETRY_AFTER_SECONDS;
  } catch (cause) {
    ports.log({ event: "breaker.open_failed", error: describeError(cause) });
    return UNPAUSED_RETRY_AFTER_SECONDS;
  }
}
