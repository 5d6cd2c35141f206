import { describeError } from "./errors";
import type { Failure, GroupPorts } from "./group-ports";
import { CALL_MS, within } from "./group-time";
import type { ReceivedMessage } from "./message";
import type { Cause } from "./process-head";

/** Seconds until a webhook that failed by itself comes again, where there was no time to try it on. */
export const RETRY_AFTER_SECONDS = 2;

/** Seconds until webhooks are tried again after a service failed for the first time. */
export const OUTAGE_RETRY_AFTER_SECONDS = 20;

/**
 * Seconds until they can come again once the breaker is asked to open. Longer than Lambda takes to stop reading the
 * queue, so that they do not come for the last time before that.
 */
export const PAUSED_RETRY_AFTER_SECONDS = 120;

/** Seconds until they come for the last time where the breaker cannot be reached either. */
export const UNPAUSED_RETRY_AFTER_SECONDS = 900;

/** Seconds until a failed webhook comes again. An execution that was cut off may run on for 20 s. */
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

/** Shortens or lengthens the wait. Where that fails the queue's own visibility timeout holds. */
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
 * How long to wait for a service. At the receive before the last it is an outage: everything pauses, because another
 * failure would send healthy webhooks to the dead-letter queue.
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
