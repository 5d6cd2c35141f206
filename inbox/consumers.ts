import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { parseLogLine, type DeliveryLine } from "../functions/domain/log-line";
import type { Inbox } from "./connect";
import { UsageError } from "./errors";
import { consumerNamed, type StackConsumer } from "./outputs";
import { tryAtOnce, waitingDeliveries, type Delivery } from "./deliveries";
import { newestLines } from "./logs";
import { ageOfOldest, queueDepth, type QueueDepth } from "./queue";

/** A consumer as it is now. */
export interface ConsumerState {
  readonly name: string;
  readonly kind: StackConsumer["kind"];
  readonly when?: string;
  /**
   * Whether its queue is read: as Lambda says of the event source mapping (`Enabled`, `Disabled`, `Disabling`, ...),
   * `read by you` without one, and `queue missing` if there is none any more.
   */
  readonly state: string;
  /** Why a function is handed no messages, if it is paused. */
  readonly pausedBecause?: string;
  /** Seconds that the oldest message has waited, as CloudWatch last heard. */
  readonly oldestSeconds?: number;
  /** Over HTTP: the deliveries that wait for their next attempt, the oldest webhooks' first. */
  readonly retrying?: readonly Delivery[];
  /** Over HTTP: the last delivery, and the last attempt that failed, by the newest lines of its function's log. */
  readonly lastDelivery?: DeliveryLine;
  readonly lastError?: DeliveryLine;
  /** Absent if the queue is missing. */
  readonly backlog?: QueueDepth;
  readonly deadLetters?: QueueDepth;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

const MISSING = "queue missing";

/** States of an event source mapping that hands over nothing. */
const PAUSED = ["Disabled", "Disabling"];

/** Deliveries that are shown while they wait for their next attempt. */
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
      // A help, and not the matter.
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

/** Log group of the function that calls a consumer over HTTP; undefined without one. */
export async function deliveryLog(consumer: string, inbox: Inbox): Promise<string | undefined> {
  const { functionName } = await readingState(consumerNamed(consumer, inbox.outputs), inbox);
  return functionName && `/aws/lambda/${functionName}`;
}

/** Name in a function's ARN, with or without a version. */
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
 * Hands no more messages to a consumer's function. Batches that run end by themselves, which takes Lambda up to a minute;
 * messages wait in the queue, at most 14 days.
 * @returns state of the event source mapping
 * @throws UsageError if the stack has no such consumer, or if it reads its queue itself
 */
export function pause(name: string, inbox: Inbox): Promise<string> {
  return setReading(name, false, inbox);
}

/**
 * Hands messages to a consumer's function, and tries what waits for its next attempt at once.
 * @returns state of the event source mapping, and how many deliveries over HTTP are tried at once
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
