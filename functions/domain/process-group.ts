import { identity } from "./chunk";
import type { GroupPorts } from "./group-ports";
import { hasTimeToSpare, MIN_REMAINING_MS, PAUSE_MS } from "./group-time";
import type { ReceivedMessage } from "./message";
import { deadLetter } from "./dead-letter";
import { processHead } from "./process-head";
import { letWait, RETRY_AFTER_SECONDS, waitFor } from "./retry-after";
import { EXECUTION_TIMED_OUT } from "./workflow";

/**
 * Processes the messages of one group in their order and stops at the first that fails.
 *
 * On a FIFO queue the messages behind a failed one come back with it and use up receives too; after the last the queue
 * would move healthy ones to the dead-letter queue with the poison one. So a webhook that fails is retried here, within
 * one receive, and then dead-lettered here; receives are left for crashes. Only messages without time left, or after a
 * service's failure, return to the queue.
 * @returns the messages that the queue shall deliver again
 */
export async function processGroup(
  messages: readonly ReceivedMessage[],
  ports: GroupPorts,
): Promise<readonly ReceivedMessage[]> {
  const decided = new Set<string>();
  /** Poison messages that could not be dead-lettered; the queue's redrive policy moves them, and only them. */
  const left: ReceivedMessage[] = [];
  let rest = messages;

  while (rest.length > 0) {
    const step = await processHead(rest, decided, ports);
    rest = rest.slice(step.done);
    if (step.outOfTime) {
      await letWait([...left, ...rest], RETRY_AFTER_SECONDS, ports);
      return [...left, ...rest];
    }
    if (!step.failed) continue;

    const { message, failure, cause } = step.failed;
    const lastReceive = message.receiveCount >= ports.maxReceiveCount;
    const timeLeft = () => ports.remainingMs() - PAUSE_MS >= MIN_REMAINING_MS;
    const timedOut = cause === "webhook" && failure.error.code === EXECUTION_TIMED_OUT;
    // Accept one attempt less for time-outs at the last receive: three do not fit into one receive, and the webhook was
    // attempted in earlier receives, together with its neighbours.
    const enough = timedOut && lastReceive ? ports.maxReceiveCount - 1 : ports.maxReceiveCount;
    const noAttemptLeft = cause === "unreadable" || failure.attempts >= enough;
    const giveUp = cause !== "service" && (noAttemptLeft || (lastReceive && !timeLeft()));

    const deadLettered = giveUp && (await deadLetter(message, failure, ports));
    // Leave the message behind at its last receive once no time is left: SQS dead-letters it in any case, but must not
    // dead-letter those behind it.
    const leave = giveUp && !deadLettered && lastReceive && !hasTimeToSpare(ports);
    if (deadLettered || leave) {
      if (message.webhook) decided.add(identity(message.webhook));
      if (leave) left.push(message);
      rest = rest.slice(1);
    } else if (timeLeft() && (lastReceive || (cause !== "service" && !timedOut))) {
      await ports.sleep(PAUSE_MS);
    } else {
      const wait = await waitFor(cause, timedOut, message, failure, ports);
      await letWait([...left, ...rest], wait, ports);
      return [...left, ...rest];
    }
  }
  if (left.length > 0) await letWait(left, RETRY_AFTER_SECONDS, ports);
  return left;
}
