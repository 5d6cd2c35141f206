import { identity, takeChunk } from "./chunk";
import type { Failure, GroupPorts } from "./group-ports";
import { ALONE_MS, EXECUTION_MS, hasTimeToSpare } from "./group-time";
import type { ReceivedMessage } from "./message";
import { executionOf, runWorkflow } from "./run-workflow";
import type { Outcome } from "./workflow";

/** Cause of a failure: the webhook, a service, or a message that no version of ingestion wrote. */
export type Cause = "webhook" | "service" | "unreadable";

/** Result of one execution over the leading messages. */
export interface Step {
  /** Number of leading messages that are done. */
  readonly done: number;
  /** The next message, if its processing failed. */
  readonly failed?: {
    readonly message: ReceivedMessage;
    readonly failure: Failure;
    readonly cause: Cause;
  };
  /** Set if there was no time left for the next message. */
  readonly outOfTime?: true;
}

/** Runs the workflow over as many leading messages as fit, and returns how many are done. */
export async function processHead(
  messages: readonly ReceivedMessage[],
  decided: Set<string>,
  ports: GroupPorts,
): Promise<Step> {
  // Run a message that was received before alone, so that one whose execution takes too long is identified.
  const suspected = (messages[0]?.receiveCount ?? 1) > 1 && hasTimeToSpare(ports);
  const chunk = takeChunk(messages, decided, suspected ? 1 : messages.length);
  const [first] = chunk.messages;
  if (!first) return unreadableHead(messages, chunk.covered);

  const attempt = await runWorkflow(
    chunk.messages.map(({ item }) => item),
    suspected ? ALONE_MS : EXECUTION_MS,
    ports,
  );
  for (const [index, { item, message, position }] of chunk.messages.entries()) {
    const given = attempt.outcomes[index];
    if (given === undefined && attempt.outOfTime) return { done: position, outOfTime: true };
    const outcome = given === undefined || given.status === "held" ? NO_OUTCOME : given;
    if (outcome.status === "failed") {
      const { error, attempts, transient } = outcome;
      const failure = { error, attempts, ...executionOf(attempt) };
      return { done: position, failed: { message, failure, cause: transient ? "service" : "webhook" } };
    }
    decided.add(identity(item));
  }
  return { done: chunk.covered };
}

/**
 * Returns the step if no leading message could be run: all are duplicates of completed ones, or the first is
 * unreadable.
 */
function unreadableHead(messages: readonly ReceivedMessage[], covered: number): Step {
  const [message] = messages;
  if (!message || covered > 0) return { done: covered };
  const error = { code: "UnreadableMessage", message: message.unreadable ?? "" };
  return {
    done: 0,
    failed: { message, failure: { error, attempts: message.receiveCount }, cause: "unreadable" },
  };
}

/** Outcome of a webhook without one, or one that was held without a failure before it: never counts as done. */
const NO_OUTCOME: Outcome = {
  status: "failed",
  error: { code: "NoOutcome", message: "The workflow gave no outcome for this webhook." },
  transient: true,
  attempts: 0,
};
