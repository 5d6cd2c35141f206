import { MAX_RETENTION_SECONDS } from "../../aws-limits";
import { cleanText } from "./characters";
import { parseRetryAfter, secondsUntilNext } from "./delivery-schedule";
import type { DeliverPorts } from "./deliver-ports";
import type { DeliveryState } from "./delivery-state";
import { describeError } from "./errors";
import { eventOf, type ConsumerMessage } from "./consumer-message";
import { keyInRecordKey } from "./webhook";

/** A consumer that is called over HTTP. */
export interface HttpConsumer {
  readonly name: string;
  /** Attempts before {@link HttpConsumer.onFailure} applies. */
  readonly maxAttempts: number;
  /**
   * What happens after the last attempt: dead-letter the webhook and continue, or block its group until it is
   * delivered.
   */
  readonly onFailure: "dead-letter" | "block";
}

/**
 * Seconds to wait if an AWS service failed or the rate is used up, which is no attempt at the consumer. They grow with
 * each receive; otherwise an outage of hours and a long backlog would use up the thousand receives after which SQS
 * dead-letters.
 */
const SERVICE_RETRY_SECONDS = { first: 20, longest: 600 };
const RATE_RETRY_SECONDS = { first: 1, longest: 600 };

/**
 * Age in milliseconds at which a failure is final, even if failures block: during another wait of up to twelve hours,
 * SQS would delete the message.
 */
const MAX_AGE_MS = (MAX_RETENTION_SECONDS - 12 * 3_600) * 1_000;

/** Seconds to wait once the consumer is paused: longer than Lambda takes to stop reading its queue. */
const PAUSED_RETRY_SECONDS = 120;

/** Maximum length of the answer that is kept, in code points. */
const MAX_ANSWER_LENGTH = 1_000;

/** Status by which a consumer asks not to be called again. @see https://www.rfc-editor.org/rfc/rfc9110#status.410 */
const GONE = 410;

/**
 * Delivers one message to a consumer. Never rejects: a message that could not be delivered becomes visible again later.
 * @returns whether the message is done; if not, the messages behind it in its group wait
 */
export async function deliver(
  message: ConsumerMessage,
  consumer: HttpConsumer,
  ports: DeliverPorts,
): Promise<boolean> {
  try {
    const before = message.receiveCount > 1 ? await ports.deliveries.read(message) : undefined;
    // Skip a delivered message: the function was stopped after the consumer's answer, before SQS deleted the message.
    if (before?.status === "delivered" || before?.status === "discarded") return true;
    if (!(await ports.rate.take())) {
      await ports.queue.retryAfter(message, longer(RATE_RETRY_SECONDS, message));
      return false;
    }
    return await attempt(message, before?.attempts ?? 0, consumer, ports);
  } catch (error) {
    // Count no attempt: a service failed, not the consumer.
    ports.log({ event: "delivery.unavailable", consumer: consumer.name, error: describeError(error) });
    await letWait(message, longer(SERVICE_RETRY_SECONDS, message), ports);
    return false;
  }
}

/** Result of an attempt, for the log: without the consumer's answer, which is stored but never logged. */
type Attempted = Omit<DeliveryState, "answer">;

async function attempt(
  message: ConsumerMessage,
  earlier: number,
  consumer: HttpConsumer,
  ports: DeliverPorts,
): Promise<boolean> {
  const request = await ports.request(message);
  const startedAt = ports.now();
  const answer =
    "impossible" in request ? { error: request.impossible, final: true } : await call(request, ports);
  const state: Attempted = {
    attempts: earlier + 1,
    status: "failed",
    at: new Date(startedAt).toISOString(),
    durationMs: ports.now() - startedAt,
    ...("status" in answer ? { statusCode: answer.status } : { error: answer.error }),
  };
  const told = "status" in answer ? cleanText(answer.body, MAX_ANSWER_LENGTH) : undefined;
  const finish = (ended: Attempted) => end(message, ended, told, consumer, ports);
  const isDone = "status" in answer && answer.status >= 200 && answer.status < 300;
  const gone = "status" in answer && answer.status === GONE;
  const isFinal = "final" in answer || startedAt - message.sentAt > MAX_AGE_MS;
  const isLast = state.attempts >= consumer.maxAttempts && consumer.onFailure === "dead-letter" && !gone;
  if (isDone) return finish({ ...state, status: "delivered" });
  if (gone) await ports.pause(`${consumer.name} answered 410 Gone`);
  if (isFinal || isLast) {
    const error = { code: reasonOf(state), message: told ?? state.error ?? "" };
    await ports.deadLetters.send(message, { error, attempts: state.attempts });
    return finish({ ...state, status: "dead_lettered" });
  }
  const retryAfter = "status" in answer ? parseRetryAfter(answer.retryAfter, ports.now()) : undefined;
  const seconds = gone
    ? PAUSED_RETRY_SECONDS
    : secondsUntilNext(state.attempts, retryAfter, ports.random(), consumer.onFailure === "block");
  await ports.queue.retryAfter(message, seconds);
  const nextAt = new Date(ports.now() + seconds * 1_000).toISOString();
  await finish({ ...state, nextAt });
  return false;
}

/** The consumer's answer, or why there is none. */
type Called =
  | { readonly status: number; readonly retryAfter?: string | undefined; readonly body: string }
  | { readonly error: string };

async function call(
  request: Parameters<DeliverPorts["post"]>[0],
  ports: Pick<DeliverPorts, "post">,
): Promise<Called> {
  try {
    return await ports.post(request);
  } catch (error) {
    return { error: describeError(error) };
  }
}

/** Logs and stores the result of an attempt. If storing a 2xx answer fails, the webhook is delivered a second time. */
async function end(
  message: ConsumerMessage,
  attempted: Attempted,
  answer: string | undefined,
  consumer: HttpConsumer,
  ports: DeliverPorts,
): Promise<true> {
  const { id, provider, replay } = eventOf(message);
  const key = keyInRecordKey(message.recordKey);
  const about = { consumer: consumer.name, provider, id, ...(key !== id && { key }), replay };
  ports.log({ event: "webhook.delivery", ...about, ...attempted });
  await ports.deliveries.write(message, { ...attempted, ...(answer !== undefined && { answer }) });
  return true;
}

function longer(
  { first, longest }: { readonly first: number; readonly longest: number },
  { receiveCount }: ConsumerMessage,
): number {
  return Math.min(longest, first * receiveCount);
}

function reasonOf({ statusCode }: Attempted): string {
  return statusCode === undefined ? "NotDelivered" : `Http${statusCode}`;
}

/** Changes the visibility timeout. If that fails the queue's default applies. */
async function letWait(message: ConsumerMessage, seconds: number, ports: DeliverPorts): Promise<void> {
  try {
    await ports.queue.retryAfter(message, seconds);
  } catch (error) {
    ports.log({ event: "queue.retry_after_failed", error: describeError(error) });
  }
}
