import { RECEIVES_EXHAUSTED } from "./dead-letter";
import { describeError } from "./errors";
import type { Delivery, MessageContent } from "./message";
import type { Failure, GroupPorts } from "./group-ports";
import { isResumeMessage } from "./pause";
import { probe } from "./probe";
import type { Webhook } from "./webhook";
import type { WebhookError } from "./workflow";
import type { Log } from "./log-line";

export { INBOX } from "./probe";

/** State of the processor's reading from the queue. */
export interface ConsumerState {
  /** Time at which the breaker paused it, RFC 3339; undefined if it is running, or if an operator paused it. */
  readonly pausedSince?: string;
}

/** Ports of the recovery function. */
export interface RecoverPorts {
  readonly consumer: {
    state(): Promise<ConsumerState>;
    /** Sets and removes a tag without meaning, to show that a pause could set its own. */
    rehearse(): Promise<void>;
    /** Stops reading the queue. Idempotent; also completes a pause that was interrupted. */
    pause(since: string): Promise<void>;
    resume(): Promise<void>;
  };
  readonly workflow: GroupPorts["workflow"];
  readonly processor: {
    /**
     * Returns whether the processing function runs at all: false if Lambda throttles it or it fails at startup. Never
     * rejects.
     */
    answers(): Promise<boolean>;
  };
  readonly queue: {
    /**
     * Queues a dead letter's webhook again, in its group, marked as {@link DeadLetter.redriven}. The deduplication id
     * depends only on this dead letter, so a repetition within five minutes is dropped.
     */
    redrive(deadLetter: DeadLetter): Promise<void>;
  };
  readonly deadLetters: {
    count(): Promise<number>;
    /**
     * Returns whether another reader has received messages, such as a redrive from the command line; messages that it
     * hides come before the visible ones.
     */
    isRead(): Promise<boolean>;
    /** Reads until the queue returns no message. Messages that were read are hidden for some seconds. */
    read(): AsyncIterable<DeadLetter>;
    remove(deadLetter: DeadLetter): Promise<void>;
  };
  readonly records: {
    /** Records `dead_lettered` unless the webhook is published or filtered; returns false if it is. */
    recordDeadLettered: GroupPorts["records"]["recordDeadLettered"];
    /**
     * Records once that this dead letter is redriven, and sets the webhook's status to `received`.
     * @returns `through` if the webhook is published or filtered, `failed` if it has failed on its own; nothing is
     * recorded then
     */
    noteRedrive(webhook: Webhook, messageId: string): Promise<"noted" | "through" | "failed">;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/** A message of the dead-letter queue with its content. */
export type DeadLetter = DeadLetterFacts & MessageContent;

/** A message of the dead-letter queue, with any content. */
export interface DeadLetterFacts extends Pick<
  Delivery,
  "receiptHandle" | "body" | "group" | "receivedAt" | "trace"
> {
  /** Id of the failed message in its original queue. */
  readonly messageId: string;
  /** The error with which the processor dead-lettered it; absent if SQS moved it after the last receive. */
  readonly failure?: Failure;
  /** Whether the recovery function has redriven its webhook before; it does so only once. */
  readonly redriven?: true;
}

/** Error of messages that SQS dead-lettered, without an error from the processor. */
const MOVED_BY_SQS: WebhookError = {
  code: RECEIVES_EXHAUSTED,
  message:
    "SQS moved the message: it was received as often as allowed and never acknowledged. The processor crashed, timed out or was throttled, or a service failed again at its last receive.",
};

/**
 * Opens the breaker: the queue is not read until the services that the workflow needs respond again. Thus an outage
 * uses up no receives and dead-letters nothing, however long it lasts (the queue keeps messages for 14 days). Repeats
 * the pause if the mapping is already tagged: an earlier one may have been interrupted.
 * @param reason the failure that shows the outage
 */
export async function pause(reason: WebhookError, ports: RecoverPorts): Promise<void> {
  const { pausedSince } = await ports.consumer.state();
  const since = pausedSince ?? new Date(ports.now()).toISOString();
  await ports.consumer.pause(since);
  if (pausedSince === undefined) ports.log({ event: "inbox.paused", since, ...reason });
}

/** Result of a check of the breaker. */
export interface BreakerCheck extends ConsumerState {
  /** Why the breaker does not work; absent if it does. */
  readonly error?: string;
}

/** Checks that the breaker can read and set its tag, without pausing anything. Never rejects. */
export async function check({ consumer }: Pick<RecoverPorts, "consumer">): Promise<BreakerCheck> {
  try {
    const state = await consumer.state();
    await consumer.rehearse();
    return state;
  } catch (error) {
    return { error: describeError(error) };
  }
}

/** Time limit of the probe: a slower response does not show that the services have recovered. */
const PROBE_LIMIT = { timeoutMs: 10_000 };

/** Milliseconds after which the queue is scanned again although its count is unchanged: the messages may differ. */
const LOOK_AGAIN_MS = 15 * 60_000;

/** Milliseconds for redriving within one run; the next run, a minute later, continues. The function may take 30 s. */
const REDRIVE_MS = 10_000;

/** Result of a scan of the dead-letter queue. */
export interface DeadLetterScan {
  /** Dead letters that remained in the queue. */
  readonly count: number;
  /** Time of the scan, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether some of them are to be redriven once the processing function runs again. */
  readonly waiting: boolean;
}

/**
 * Runs every minute: resumes a paused inbox once the services respond, redrives webhooks that SQS dead-lettered without
 * a failure of their own, and records the status of all other dead letters.
 * @param last the previous scan; avoids needless scans, since they hide the dead letters meanwhile
 * @returns the scan to pass next time
 */
export async function recover(
  ports: RecoverPorts,
  last: DeadLetterScan | undefined,
): Promise<DeadLetterScan> {
  const paused = await staysPaused(ports);
  const count = await ports.deadLetters.count();
  const now = ports.now();
  const unchanged = last && count === last.count && now - last.at < LOOK_AGAIN_MS;
  if (unchanged && !last.waiting) return last;
  const canRedrive =
    !paused && count > 0 && !(await ports.deadLetters.isRead()) && (await ports.processor.answers());
  if (unchanged && !canRedrive) return last;
  const { removed, waiting } =
    count === 0 ? { removed: 0, waiting: false } : await lookThrough(ports, canRedrive);
  return { count: count - removed, at: now, waiting };
}

/** Resumes the processing if it is paused and the services respond; returns whether it is still paused. */
async function staysPaused(ports: RecoverPorts): Promise<boolean> {
  const { pausedSince } = await ports.consumer.state();
  if (pausedSince === undefined) return false;
  // Derive the event's id from the pause, so that a second probe in the same pause publishes nothing.
  const at = new Date(ports.now()).toISOString();
  const probed = { id: `resumed-${pausedSince}`, type: "inbox.resumed", data: { pausedSince }, at } as const;
  const failure = await probe(probed, ports.workflow, PROBE_LIMIT);
  if (failure) {
    ports.log({ event: "inbox.paused", since: pausedSince, ...failure });
    // Pause again: the mapping may still or again be enabled and would use up receives.
    await ports.consumer.pause(pausedSince);
    return true;
  }
  await ports.consumer.resume();
  ports.log({ event: "inbox.resumed", since: pausedSince });
  return false;
}

/**
 * Scans the dead letters, in the order of their groups.
 * @returns how many were removed (redriven, or already published or filtered), and whether others wait to be redriven
 */
async function lookThrough(
  ports: RecoverPorts,
  canRedrive: boolean,
): Promise<{ removed: number; waiting: boolean }> {
  const began = ports.now();
  /** Groups with a dead letter that could not be sent: the others in the group wait, to keep their order. */
  const held = new Set<string>();
  let removed = 0;
  let waiting = false;
  for await (const deadLetter of ports.deadLetters.read()) {
    const { webhook } = deadLetter;
    if (isResumeMessage(deadLetter.body)) {
      await ports.deadLetters.remove(deadLetter);
      removed += 1;
    }
    if (!webhook) continue;
    let mayRedrive = !deadLetter.failure && !deadLetter.redriven;
    if (mayRedrive && canRedrive && !held.has(deadLetter.group)) {
      if (ports.now() - began > REDRIVE_MS) return { removed, waiting: true };
      const done = await redriveOnce(deadLetter, webhook, ports);
      if (done === "removed") {
        removed += 1;
        continue;
      }
      if (done === "failed") mayRedrive = false;
      else held.add(deadLetter.group);
    }
    if (await recordDeadLetter(deadLetter, webhook, ports)) removed += 1;
    else waiting ||= mayRedrive;
  }
  return { removed, waiting };
}

/**
 * Redrives a webhook that SQS dead-lettered, or removes its dead letter if it is published or filtered. Updates the
 * record first and deletes the dead letter last: a crash in between repeats all of it within minutes, under the same
 * deduplication id.
 * @returns `failed` if the webhook has failed on its own, `unsent` if a call failed
 */
async function redriveOnce(
  deadLetter: DeadLetter,
  webhook: Webhook,
  ports: RecoverPorts,
): Promise<"removed" | "failed" | "unsent"> {
  const facts = factsOf(deadLetter, webhook);
  try {
    const noted = await ports.records.noteRedrive(webhook, deadLetter.messageId);
    if (noted === "failed") return "failed";
    if (noted === "noted") await ports.queue.redrive(deadLetter);
    await ports.deadLetters.remove(deadLetter);
    ports.log({ event: noted === "noted" ? "dead_letter.redriven" : "dead_letter.removed", ...facts });
    return "removed";
  } catch (error) {
    ports.log({ event: "dead_letter.redrive_failed", ...facts, error: describeError(error) });
    return "unsent";
  }
}

/**
 * Records the status `dead_lettered`. Removes a dead letter from SQS if its webhook is published or filtered; returns
 * whether it removed it.
 */
async function recordDeadLetter(
  deadLetter: DeadLetter,
  webhook: Webhook,
  ports: RecoverPorts,
): Promise<boolean> {
  const facts = factsOf(deadLetter, webhook);
  // Record also dead letters of the processor, which may have crashed before it updated the record.
  const failure = deadLetter.failure ?? { error: MOVED_BY_SQS, attempts: 0 };
  if ((await ports.records.recordDeadLettered(webhook, failure)) || deadLetter.failure) {
    ports.log({ event: "dead_letter.seen", ...facts, ...failure.error });
    return false;
  }
  // Remove the dead letter: the processor crashed after publishing and before acknowledging, as often as the queue
  // allows.
  await ports.deadLetters.remove(deadLetter);
  ports.log({ event: "dead_letter.removed", ...facts });
  return true;
}

function factsOf({ messageId }: DeadLetter, { provider, id }: Webhook) {
  return { messageId, provider, id };
}
