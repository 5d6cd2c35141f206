import { identity, readError, takeChunk } from "./chunk";
import type { Failure, GroupPorts } from "./group-ports";
import { ALONE_MS, EXECUTION_MS, hasTimeToSpare } from "./group-time";
import type { ReceivedMessage } from "./message";
import { executionOf, runWorkflow } from "./run-workflow";
import type { Outcome } from "./workflow";

/** The webhook itself, a service that failed, or a message that is none of ours and never will be. */
export type Cause = "webhook" | "service" | "unreadable";

/** How far one execution came. */
export interface Step {
  /** How many messages from the front are done. */
  readonly done: number;
  /** The next one, where it could not be processed. */
  readonly failed?: {
    readonly message: ReceivedMessage;
    readonly failure: Failure;
    readonly cause: Cause;
  };
  /** Set where the next one was not tried, since there is no time for it. */
  readonly outOfTime?: true;
}

/** Runs the workflow over as many messages from the front as fit, and tells how far it came. */
export async function processHead(
  messages: readonly ReceivedMessage[],
  decided: Set<string>,
  ports: GroupPorts,
): Promise<Step> {
  // What came back unprocessed is run alone, so that one whose execution takes too long is told from its neighbours.
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
      const { error, tries, transient } = outcome;
      const failure = { error, tries, ...executionOf(attempt) };
      return { done: position, failed: { message, failure, cause: transient ? "service" : "webhook" } };
    }
    decided.add(identity(item));
  }
  return { done: chunk.covered };
}

/** Nothing of the front could be taken: it is all twins of what is decided, or its first message is none of ours. */
function unreadableHead(messages: readonly ReceivedMessage[], covered: number): Step {
  const [message] = messages;
  if (!message || covered > 0) return { done: covered };
  const error = { code: "UnreadableMessage", message: readError(message) };
  return {
    done: 0,
    failed: { message, failure: { error, tries: message.receiveCount }, cause: "unreadable" },
  };
}

/** Held with nothing failed before it, or no outcome at all: never taken for done. */
const NO_OUTCOME: Outcome = {
  status: "failed",
  error: { code: "NoOutcome", message: "The workflow gave no outcome for this webhook." },
  transient: true,
  tries: 0,
};
