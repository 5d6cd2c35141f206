import { describeError } from "./errors";
import { parseWebhook, type ReceivedMessage } from "./message";
import { probe } from "./probe";
import { keyOf, recordKey, type Webhook } from "./webhook";
import {
  EXECUTION_TIMED_OUT,
  isCausedByInput,
  orderTime,
  type Outcome,
  type WebhookError,
  type WorkflowItem,
  type WorkflowRun,
} from "./workflow";

/** A failure of one webhook, as it is recorded and parked. */
export interface Failure {
  readonly error: WebhookError;
  readonly executionArn?: string;
  readonly tries: number;
}

/** How long a call is waited for. */
export interface CallLimit {
  readonly timeoutMs: number;
}

/** What processing needs of the outside. */
export interface GroupPorts {
  /**
   * Runs the workflow and waits for it. Rejects where the call itself failed: then it may or may not have run.
   * Every port gives up after its limit, which the processor makes smaller than the time that it has left.
   */
  readonly workflow: { run(items: readonly WorkflowItem[], limit?: CallLimit): Promise<WorkflowRun> };
  readonly queue: {
    /** Makes the messages visible again after so many seconds, instead of the queue's own timeout. */
    retryAfter(messages: readonly ReceivedMessage[], seconds: number, limit?: CallLimit): Promise<void>;
  };
  readonly deadLetters: {
    park(message: ReceivedMessage, failure: Failure, limit?: CallLimit): Promise<void>;
  };
  readonly records: {
    /**
     * Records `failed` unless the webhook was published; answers how often it has failed by itself, this time included.
     * What a service did not do is no try of the webhook's.
     */
    recordFailure(
      webhook: Webhook,
      failure: Omit<Failure, "tries">,
      transient: boolean,
      limit?: CallLimit,
    ): Promise<number>;
    /** Records `dead_lettered` unless the webhook is published or filtered; answers false where it is. */
    recordDeadLettered(webhook: Webhook, failure: Failure, limit?: CallLimit): Promise<boolean>;
  };
  readonly breaker: {
    /** Asks for a pause of all processing until the services answer again. */
    open(reason: WebhookError): Promise<void>;
  };
  /** Receives after which the queue itself moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Milliseconds that are left for this batch. */
  readonly remainingMs: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/**
 * Bytes of webhooks in one execution. A state holds 262,144 bytes, hard; the rest is room for the envelopes.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const EXECUTION_INPUT_BYTES = 200 * 1024;

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

/** Pause between tries within one receive. */
const PAUSE_MS = 1_500;

/** Nothing is tried again with less time left: the execution, the parking and the answer must fit. */
const MIN_REMAINING_MS = 8_000;

/** Longest that an execution over a batch is waited for: its own time-out of 20 s and the way to it. */
const EXECUTION_MS = 22_000;

/**
 * Longest that an execution over a webhook alone is waited for, once it came back unprocessed. One takes less than a second,
 * and about 5 s where one service hangs.
 */
const ALONE_MS = 6_000;

/** Longest that a probe is waited for. */
const PROBE_MS = 3_000;

/** Longest that a call to the queues and the table is waited for. */
const CALL_MS = 2_000;

/** What an execution must leave for the calls behind it: counting the failure, asking for the breaker, changing the wait. */
const AFTERWARDS_MS = 8_000;

/** What every call leaves for the answer. */
const ANSWER_MS = 500;

/** No execution is started with less time than this. */
const MIN_EXECUTION_MS = 1_000;

/**
 * Processes the messages of one group in their order and stops at the first that fails.
 *
 * On a FIFO queue the messages behind a failed one come back with it and use up receives too; after the last the queue
 * would move healthy ones to the dead-letter queue with the poison one. So a webhook that fails by itself gets its tries
 * here, within one receive, and is parked by us; the receives are left for crashes. Only what is short of time goes
 * back, and what a service failed.
 * @returns the messages that the queue shall deliver again
 */
export async function processGroup(
  messages: readonly ReceivedMessage[],
  ports: GroupPorts,
): Promise<readonly ReceivedMessage[]> {
  const decided = new Set<string>();
  /** Poison that no parking takes; the queue's redrive policy moves it, and it alone. */
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
    // A time-out takes too long for three within one receive: there were some in receives before, with its neighbours.
    const enough = timedOut && lastReceive ? ports.maxReceiveCount - 1 : ports.maxReceiveCount;
    const triedEnough = cause === "unreadable" || failure.tries >= enough;
    const toPark = cause !== "service" && (triedEnough || (lastReceive && !timeLeft()));

    const parked = toPark && (await park(message, failure, ports));
    // At its last receive it goes to the dead-letter queue either way; those behind it must not.
    const leave = toPark && !parked && lastReceive && !hasTimeToSpare(ports);
    if (parked || leave) {
      const webhook = tryParse(message);
      if (webhook) decided.add(identity(webhook));
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

/** Seconds until a failed webhook comes again. An execution that was cut off may run on for 20 s. */
async function waitFor(
  cause: Cause,
  timedOut: boolean,
  message: ReceivedMessage,
  failure: Failure,
  ports: GroupPorts,
): Promise<number> {
  if (cause === "service") return waitOutOutage(message, failure, ports);
  return timedOut ? OUTAGE_RETRY_AFTER_SECONDS : RETRY_AFTER_SECONDS;
}

/** Milliseconds that a call may take: its own limit, or what is left before the answer has to be on its way. */
function within(limitMs: number, ports: GroupPorts): CallLimit {
  return { timeoutMs: Math.max(0, Math.min(limitMs, ports.remainingMs() - ANSWER_MS)) };
}

/** Milliseconds that an execution may take, so that what follows it fits as well as can be. */
function timeForExecution(limitMs: number, ports: GroupPorts): number {
  const remaining = ports.remainingMs();
  return Math.min(limitMs, Math.max(remaining - AFTERWARDS_MS, remaining / 2));
}

/** Whether there is time for an execution over a webhook alone, and for another over those behind it. */
function hasTimeToSpare(ports: GroupPorts): boolean {
  return ports.remainingMs() >= ALONE_MS + AFTERWARDS_MS;
}

/** The webhook itself, a service that failed, or a message that is none of ours and never will be. */
type Cause = "webhook" | "service" | "unreadable";

interface Step {
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
async function processHead(
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

interface Attempt {
  readonly outcomes: readonly Outcome[];
  readonly executionArn?: string;
  /** Set where the time ended before the first webhook without an outcome was tried. */
  readonly outOfTime?: true;
}

/**
 * One execution over the items. Where one of them makes it fail as a whole, they are run one by one for as long as there is
 * time, so that this one stands alone. What a service did not do is not run again: that would cost its time once more.
 */
async function runWorkflow(
  items: readonly WorkflowItem[],
  limitMs: number,
  ports: GroupPorts,
): Promise<Attempt> {
  const timeoutMs = timeForExecution(limitMs, ports);
  if (timeoutMs < MIN_EXECUTION_MS) return { outcomes: [], outOfTime: true };
  const run = await start(items, timeoutMs, ports);
  if (run.status === "succeeded") {
    logOutcomes(items, run, ports);
    return run;
  }
  const [first, ...others] = items;
  if (first && (others.length === 0 || !isCausedByInput(run.error))) {
    const transient = others.length > 0 || !(await isOwnFailure(first, run, timeoutMs, ports));
    const tries = await countFailure(first, run, transient, ports);
    const outcome: Outcome = { status: "failed", error: run.error, transient, tries };
    const attempt = { outcomes: [outcome], ...executionOf(run) };
    logOutcomes([first], attempt, ports);
    return attempt;
  }
  const outcomes: Outcome[] = [];
  for (const item of items) {
    const alone = await runWorkflow([item], limitMs, ports);
    outcomes.push(...alone.outcomes);
    if (alone.outOfTime) return { outcomes, outOfTime: true };
    if (outcomes.at(-1)?.status === "failed") return { outcomes, ...executionOf(alone) };
  }
  return { outcomes };
}

/**
 * Whether a webhook made its own execution fail. One that was not through in time did so if an event of the inbox's own
 * goes through all services right behind it: its filter or its transform takes too long on its payload.
 */
async function isOwnFailure(
  item: WorkflowItem,
  { error }: FailedRun,
  waitedMs: number,
  ports: GroupPorts,
): Promise<boolean> {
  if (isCausedByInput(error)) return true;
  if (error.code !== EXECUTION_TIMED_OUT || waitedMs < ALONE_MS) return false;
  const { provider, id, replay, sequence, receivedAt } = item;
  const about = {
    id: `probed-${sequence}-${Math.round(ports.remainingMs())}`,
    type: "inbox.probed",
    data: { provider, id, replay },
    at: receivedAt,
  } as const;
  const failure = await probe(about, ports.workflow, within(PROBE_MS, ports));
  ports.log({ event: "inbox.probed", provider, id, passed: failure === undefined, ...failure });
  return failure === undefined;
}

function executionOf(run: { readonly executionArn?: string }): { executionArn?: string } {
  return run.executionArn === undefined ? {} : { executionArn: run.executionArn };
}

type FailedRun = { status: "failed"; executionArn?: string; error: WebhookError };

async function start(
  items: readonly WorkflowItem[],
  timeoutMs: number,
  ports: GroupPorts,
): Promise<Extract<WorkflowRun, { status: "succeeded" }> | FailedRun> {
  try {
    return await ports.workflow.run(items, { timeoutMs });
  } catch (error) {
    return { status: "failed", error: { code: "WorkflowUnavailable", message: describeError(error) } };
  }
}

/** Best effort: the table can be what is failing, and the webhook is safe in the queue. */
async function countFailure(
  item: WorkflowItem,
  run: FailedRun,
  transient: boolean,
  ports: GroupPorts,
): Promise<number> {
  try {
    const failure = { error: run.error, ...executionOf(run) };
    return await ports.records.recordFailure(item, failure, transient, within(CALL_MS, ports));
  } catch (error) {
    ports.log({ event: "webhook.record_failed", id: item.id, error: describeError(error) });
    return 1;
  }
}

interface Chunk {
  readonly messages: readonly { item: WorkflowItem; message: ReceivedMessage; position: number }[];
  /** Messages from the front that these and their twins cover. */
  readonly covered: number;
}

/**
 * The longest run of messages from the front that fits one execution. A twin (the same webhook once more in the batch)
 * rides with its first; a replay of a webhook in the chunk begins the next one, since the workflow looks each record
 * up once. A message that is none of ours ends the run.
 */
function takeChunk(messages: readonly ReceivedMessage[], decided: ReadonlySet<string>, most: number): Chunk {
  const taken: { item: WorkflowItem; message: ReceivedMessage; position: number }[] = [];
  const identities = new Map<string, string>();
  let bytes = 0;
  let covered = 0;

  for (const [position, message] of messages.entries()) {
    const webhook = tryParse(message);
    if (!webhook) break;
    const key = recordKey(webhook.provider, keyOf(webhook));
    const twin = decided.has(identity(webhook)) || identities.get(key) === identity(webhook);
    if (!twin) {
      bytes += Buffer.byteLength(message.body);
      const full = taken.length === most || (taken.length > 0 && bytes > EXECUTION_INPUT_BYTES);
      if (identities.has(key) || full) break;
      const comparable = orderTime(webhook, message.receivedAt);
      const item = {
        ...webhook,
        recordKey: key,
        group: message.group,
        receivedAt: message.receivedAt,
        sequence: message.sequence,
        ...(comparable !== undefined && { orderTime: comparable }),
        ...(message.trace !== undefined && { trace: message.trace }),
      };
      taken.push({ item, message, position });
      identities.set(key, identity(webhook));
    }
    covered += 1;
  }
  return { messages: taken, covered };
}

function tryParse(message: ReceivedMessage): Webhook | undefined {
  try {
    return parseWebhook(message.body);
  } catch {
    return undefined;
  }
}

function readError(message: ReceivedMessage): string {
  try {
    parseWebhook(message.body);
    return "";
  } catch (error) {
    return describeError(error);
  }
}

function identity(webhook: Pick<Webhook, "provider" | "id" | "key" | "replay">): string {
  return `${webhook.provider}#${keyOf(webhook)}#${webhook.replay}`;
}

/** What is said of a failure whose own text the dead-letter queue does not take. */
const FIXED_REASON: WebhookError = {
  code: "ReasonNotKept",
  message: "The dead-letter queue did not take the reason; it is in the webhook's record and in the log.",
};

/**
 * Moves a poison message to the dead-letter queue; tells whether it is there. Where it is refused with its reason, it
 * goes with a fixed one: what an error says must never keep it in front of healthy ones.
 * A crash in here leaves it to the queue's own redrive policy.
 */
async function park(message: ReceivedMessage, failure: Failure, ports: GroupPorts): Promise<boolean> {
  const context = { messageId: message.messageId, group: message.group };
  const taken = async (reason: Failure): Promise<boolean> => {
    try {
      await ports.deadLetters.park(message, reason, within(CALL_MS, ports));
      return true;
    } catch (error) {
      ports.log({ event: "webhook.park_failed", ...context, error: describeError(error) });
      return false;
    }
  };
  if (!(await taken(failure)) && !(await taken({ ...failure, error: FIXED_REASON }))) return false;
  ports.log({ event: "webhook.dead_lettered", ...context, ...failure });
  const webhook = tryParse(message);
  if (webhook) {
    try {
      await ports.records.recordDeadLettered(webhook, failure, within(CALL_MS, ports));
    } catch (error) {
      ports.log({ event: "webhook.record_failed", ...context, error: describeError(error) });
    }
  }
  return true;
}

/** Shortens or lengthens the wait. Where that fails the queue's own visibility timeout holds. */
async function letWait(
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

function logOutcomes(items: readonly WorkflowItem[], attempt: Attempt, ports: GroupPorts): void {
  items.forEach(({ provider, id, key, replay, receivedAt, trace }, index) => {
    const { executionArn } = attempt;
    const facts = { provider, id, key, replay, receivedAt, executionArn, trace };
    ports.log({ event: "webhook.processed", ...facts, ...attempt.outcomes[index] });
  });
}
