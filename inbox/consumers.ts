import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { parseLogLine, type DeliveryLine } from "../functions/domain/log-line";
import type { Inbox } from "./connect";
import { UsageError } from "./errors";
import { consumerNamed, type StackConsumer } from "./outputs";
import { tryAtOnce, waitingDeliveries, type Delivery } from "./deliveries";
import { newestLines } from "./logs";
import { ageOfOldest, queueDepth, type QueueDepth } from "./queue";

/** The current state of a consumer. */
export interface ConsumerState {
  readonly name: string;
  readonly kind: StackConsumer["kind"];
  readonly when?: string;
  /**
   * State of the event source mapping as Lambda reports it (`Enabled`, `Disabled`, `Disabling`, ...); `read by you` if
   * the consumer has none, `queue missing` if its queue no longer exists.
   */
  readonly state: string;
  /** Why the consumer is paused; absent if it is not. */
  readonly pausedBecause?: string;
  /** Seconds that the oldest message has waited, by CloudWatch's latest value. */
  readonly oldestSeconds?: number;
  /** Deliveries over HTTP that wait for their next attempt, those of the oldest webhooks first. */
  readonly retrying?: readonly Delivery[];
  /** Last delivery over HTTP, and last attempt that failed, by the newest lines of the delivery function's log. */
  readonly lastDelivery?: DeliveryLine;
  readonly lastError?: DeliveryLine;
  /** Absent if the queue is missing. */
  readonly backlog?: QueueDepth;
  readonly deadLetters?: QueueDepth;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

const MISSING = "queue missing";

/** States of an event source mapping that passes no messages to its function. */
const PAUSED = ["Disabled", "Disabling"];

/** Maximum number of deliveries waiting for their next attempt that are shown. */
const RETRYING_SHOWN = 20;

const GONE = 410;

/** Reads the state of every consumer of a stack, in the order of their names. */
export function consumerStates(inbox: Inbox): Promise<readonly ConsumerState[]> {
  const { consumer_queues: consumers } = inbox.outputs;
  const names = Object.keys(consumers).sort();
  return Promise.all(names.map((name) => consumerState(name, inbox)));
}

/** Reads the state of one consumer. @throws UsageError if the stack has none of this name */
export async function consumerState(name: string, inbox: Inbox): Promise<ConsumerState> {
  const { sqs } = inbox.clients;
  const consumer = consumerNamed(name, inbox.outputs);
  const { kind, when, queue_url: queueUrl, dlq_url: deadLetterQueueUrl } = consumer;
  const about = { name, kind, ...(when !== undefined && { when }), queueUrl, deadLetterQueueUrl };
  try {
    const [{ state, functionName }, backlog, deadLetters, oldestSeconds] = await Promise.all([
      readingState(consumer, inbox),
      queueDepth(queueUrl, sqs),
      queueDepth(deadLetterQueueUrl, sqs),
      // Continues without the age if it cannot be read: the other figures matter more.
      ageOfOldest(inbox, queueUrl).catch(() => undefined),
    ]);
    const hasBacklog = backlog.waiting + backlog.inFlight > 0;
    const http = kind === "http" ? await httpState(name, functionName, inbox) : undefined;
    return {
      ...about,
      state,
      ...(PAUSED.includes(state) && { pausedBecause: whyPaused(http?.retrying) }),
      ...(hasBacklog && oldestSeconds !== undefined && { oldestSeconds }),
      ...http,
      backlog,
      deadLetters,
    };
  } catch (error) {
    if (!isMissingQueue(error)) throw error;
    return { ...about, state: MISSING };
  }
}

async function readingState(
  { mapping_uuid: UUID }: StackConsumer,
  { clients }: Inbox,
): Promise<{ readonly state: string; readonly functionName?: string | undefined }> {
  if (UUID === undefined) return { state: "read by you" };
  const { State: state = "unknown", FunctionArn } = await clients.lambda.send(
    new GetEventSourceMappingCommand({ UUID }),
  );
  return { state, functionName: FunctionArn && functionNameOf(FunctionArn) };
}

/** Returns the log group of the function that calls a consumer over HTTP; undefined if the consumer has no function. */
export async function deliveryLog(consumer: string, inbox: Inbox): Promise<string | undefined> {
  const { functionName } = await readingState(consumerNamed(consumer, inbox.outputs), inbox);
  return functionName && `/aws/lambda/${functionName}`;
}

/** Returns the function's name in its ARN, with or without a version. */
function functionNameOf(arn: string): string | undefined {
  return arn.split(":")[6];
}

async function httpState(name: string, functionName: string | undefined, inbox: Inbox) {
  const [retrying, lines] = await Promise.all([
    waitingDeliveries(inbox, name, RETRYING_SHOWN),
    functionName === undefined ? [] : newestLines(inbox, `/aws/lambda/${functionName}`).catch(() => []),
  ]);
  const attempts = lines.flatMap(({ json }) => parseLogLine(json, "webhook.delivery") ?? []);
  const lastDelivery = attempts.findLast(({ status }) => status === "delivered");
  const lastError = attempts.findLast(({ status }) => status !== "delivered");
  return {
    retrying: retrying.map(({ delivery }) => delivery),
    ...(lastDelivery && { lastDelivery }),
    ...(lastError && { lastError }),
  };
}

function whyPaused(retrying: readonly Delivery[] = []): string {
  const gone = retrying.find(({ statusCode }) => statusCode === GONE);
  return gone ? `it answered 410 Gone at ${gone.at}` : "an operator paused it";
}

function isMissingQueue(error: unknown): boolean {
  return error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name);
}

/**
 * Stops passing messages to a consumer's function. Running batches end by themselves, which takes Lambda up to a
 * minute; messages wait in the queue, at most 14 days.
 * @returns state of the event source mapping
 * @throws UsageError if the stack has no such consumer, or if the consumer reads its queue itself
 */
export function pause(name: string, inbox: Inbox): Promise<string> {
  return setReading(name, false, inbox);
}

/**
 * Passes messages to a consumer's function again, and retries deliveries that wait for their next attempt at once.
 * @returns state of the event source mapping, and the number of deliveries over HTTP that are retried at once
 * @throws UsageError as {@link pause}
 */
export async function resume(name: string, inbox: Inbox): Promise<{ state: string; triedAtOnce: number }> {
  const state = await setReading(name, true, inbox);
  const waiting = await waitingDeliveries(inbox, name, Infinity);
  return { state, triedAtOnce: await tryAtOnce(inbox, waiting) };
}

async function setReading(name: string, Enabled: boolean, inbox: Inbox): Promise<string> {
  const { mapping_uuid: UUID } = consumerNamed(name, inbox.outputs);
  if (UUID === undefined) {
    throw new UsageError(
      `${name} reads its queue itself: ${Enabled ? "start" : "stop"} that reader. Its messages wait in the queue meanwhile, at most 14 days.`,
    );
  }
  const update = new UpdateEventSourceMappingCommand({ UUID, Enabled });
  const { State = "unknown" } = await inbox.clients.lambda.send(update);
  return State;
}
