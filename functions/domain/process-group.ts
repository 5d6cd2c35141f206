import { describeError } from "./errors";
import { parseWebhook, type ReceivedMessage } from "./message";
import { recordKey, type Webhook } from "./webhook";
import {
  isCausedByInput,
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

/** What processing needs of the outside. */
export interface GroupPorts {
  /** Runs the workflow and waits for it. Rejects where the call itself failed: then it may or may not have run. */
  readonly workflow: { run(items: readonly WorkflowItem[]): Promise<WorkflowRun> };
  readonly queue: {
    /** Makes the messages visible again after so many seconds, instead of the queue's own timeout. */
    retryAfter(messages: readonly ReceivedMessage[], seconds: number): Promise<void>;
  };
  readonly deadLetters: { park(message: ReceivedMessage, failure: Failure): Promise<void> };
  readonly records: {
    /**
     * Records `failed` unless the webhook was published; answers how often it has failed by itself, this time included.
     * What a service did not do is no try of the webhook's.
     */
    recordFailure(webhook: Webhook, failure: Omit<Failure, "tries">, transient: boolean): Promise<number>;
    /** Records `dead_lettered` unless the webhook is published or filtered; answers false where it is. */
    recordDeadLettered(webhook: Webhook, failure: Failure): Promise<boolean>;
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

/** No execution is started with less time left: it, the parking and the answer must fit. */
const MIN_REMAINING_MS = 8_000;

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
  let rest = messages;

  while (rest.length > 0) {
    const step = await processHead(rest, decided, ports);
    rest = rest.slice(step.done);
    if (!step.failed) continue;

    const { message, failure, cause } = step.failed;
    const lastReceive = message.receiveCount >= ports.maxReceiveCount;
    const timeLeft = () => ports.remainingMs() - PAUSE_MS >= MIN_REMAINING_MS;
    const triedEnough = cause === "unreadable" || failure.tries >= ports.maxReceiveCount;
    const toPark = cause !== "service" && (triedEnough || (lastReceive && !timeLeft()));

    if (toPark && (await park(message, failure, ports))) {
      const parked = tryParse(message);
      if (parked) decided.add(identity(parked));
      rest = rest.slice(1);
    } else if (timeLeft() && (cause !== "service" || lastReceive)) {
      await ports.sleep(PAUSE_MS);
    } else {
      const wait = cause === "service" ? await waitOutOutage(message, failure, ports) : RETRY_AFTER_SECONDS;
      await letWait(rest, wait, ports);
      return rest;
    }
  }
  return [];
}

interface Step {
  /** How many messages from the front are done. */
  readonly done: number;
  /** The next one, where it could not be processed. */
  readonly failed?: {
    readonly message: ReceivedMessage;
    readonly failure: Failure;
    /** The webhook itself, a service that failed, or a message that is none of ours and never will be. */
    readonly cause: "webhook" | "service" | "unreadable";
  };
}

/** Runs the workflow over as many messages from the front as fit, and tells how far it came. */
async function processHead(
  messages: readonly ReceivedMessage[],
  decided: Set<string>,
  ports: GroupPorts,
): Promise<Step> {
  const chunk = takeChunk(messages, decided);
  const [first] = chunk.messages;
  if (!first) return unreadableHead(messages, chunk.covered);

  const attempt = await runWorkflow(
    chunk.messages.map(({ item }) => item),
    ports,
  );
  for (const [index, { item, message, position }] of chunk.messages.entries()) {
    const given = attempt.outcomes[index];
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
}

/**
 * One execution over the items. Where it fails as a whole, the items are run one by one, so that the one that made it
 * fail stands alone; that stops at the first failure, so an outage costs one execution more and not ten.
 */
async function runWorkflow(items: readonly WorkflowItem[], ports: GroupPorts): Promise<Attempt> {
  const run = await start(items, ports);
  if (run.status === "succeeded") {
    logOutcomes(items, run, ports);
    return run;
  }
  const [only, ...others] = items;
  if (only && others.length === 0) {
    const transient = !isCausedByInput(run.error);
    const tries = await countFailure(only, run, transient, ports);
    const outcome: Outcome = { status: "failed", error: run.error, transient, tries };
    const attempt = { outcomes: [outcome], ...executionOf(run) };
    logOutcomes(items, attempt, ports);
    return attempt;
  }
  const outcomes: Outcome[] = [];
  for (const item of items) {
    const alone = await runWorkflow([item], ports);
    outcomes.push(...alone.outcomes);
    if (outcomes.at(-1)?.status === "failed") return { outcomes, ...executionOf(alone) };
  }
  return { outcomes };
}

function executionOf(run: { readonly executionArn?: string }): { executionArn?: string } {
  return run.executionArn === undefined ? {} : { executionArn: run.executionArn };
}

type FailedRun = { status: "failed"; executionArn?: string; error: WebhookError };

async function start(
  items: readonly WorkflowItem[],
  ports: GroupPorts,
): Promise<Extract<WorkflowRun, { status: "succeeded" }> | FailedRun> {
  try {
    return await ports.workflow.run(items);
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
    return await ports.records.recordFailure(item, { error: run.error, ...executionOf(run) }, transient);
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
function takeChunk(messages: readonly ReceivedMessage[], decided: ReadonlySet<string>): Chunk {
  const taken: { item: WorkflowItem; message: ReceivedMessage; position: number }[] = [];
  const identities = new Map<string, string>();
  let bytes = 0;
  let covered = 0;

  for (const [position, message] of messages.entries()) {
    const webhook = tryParse(message);
    if (!webhook) break;
    const key = recordKey(webhook.provider, webhook.id);
    const twin = decided.has(identity(webhook)) || identities.get(key) === identity(webhook);
    if (!twin) {
      bytes += Buffer.byteLength(message.body);
      if (identities.has(key) || (taken.length > 0 && bytes > EXECUTION_INPUT_BYTES)) break;
      const item = {
        ...webhook,
        key,
        group: message.group,
        receivedAt: message.receivedAt,
        sequence: message.sequence,
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

function identity(webhook: Pick<Webhook, "provider" | "id" | "replay">): string {
  return `${webhook.provider}#${webhook.id}#${webhook.replay}`;
}

/**
 * Moves a poison message to the dead-letter queue; tells whether it is there.
 * A crash in here leaves it to the queue's own redrive policy.
 */
async function park(message: ReceivedMessage, failure: Failure, ports: GroupPorts): Promise<boolean> {
  const context = { messageId: message.messageId, group: message.group };
  try {
    await ports.deadLetters.park(message, failure);
  } catch (error) {
    ports.log({ event: "webhook.park_failed", ...context, error: describeError(error) });
    return false;
  }
  ports.log({ event: "webhook.dead_lettered", ...context, ...failure });
  const webhook = tryParse(message);
  if (webhook) {
    try {
      await ports.records.recordDeadLettered(webhook, failure);
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
    await ports.queue.retryAfter(messages, seconds);
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
  items.forEach(({ provider, id, replay, receivedAt, trace }, index) => {
    const { executionArn } = attempt;
    const facts = { provider, id, replay, receivedAt, executionArn, trace };
    ports.log({ event: "webhook.processed", ...facts, ...attempt.outcomes[index] });
  });
}
