import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import type { Inbox } from "./connect";
import { UsageError } from "./errors";
import { consumerNamed, type StackConsumer } from "./outputs";
import { queueDepth, type QueueDepth } from "./queue";

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
  /** Absent if the queue is missing. */
  readonly backlog?: QueueDepth;
  readonly deadLetters?: QueueDepth;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

const MISSING = "queue missing";

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
    const [state, backlog, deadLetters] = await Promise.all([
      readingState(consumer, inbox),
      queueDepth(queueUrl, sqs),
      queueDepth(deadLetterQueueUrl, sqs),
    ]);
    return { ...about, state, backlog, deadLetters };
  } catch (error) {
    if (!isMissingQueue(error)) throw error;
    return { ...about, state: MISSING };
  }
}

async function readingState({ mapping_uuid: UUID }: StackConsumer, { clients }: Inbox): Promise<string> {
  if (UUID === undefined) return "read by you";
  const { State = "unknown" } = await clients.lambda.send(new GetEventSourceMappingCommand({ UUID }));
  return State;
}

function isMissingQueue(error: unknown): boolean {
  return error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name);
}

/**
 * Starts or stops the handing of a consumer's messages to its function. Batches that run end by themselves, which takes Lambda
 * up to a minute; messages wait in the queue, at most 14 days.
 * @throws UsageError if the stack has no such consumer, or if it reads its queue itself
 */
export async function setReading(name: string, Enabled: boolean, inbox: Inbox): Promise<string> {
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
