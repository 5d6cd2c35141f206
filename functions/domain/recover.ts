import { describeError } from "./errors";
import { parseWebhook, type ReceivedMessage } from "./message";
import type { Failure, GroupPorts } from "./process-group";
import { probe } from "./probe";
import type { Webhook } from "./webhook";
import type { WebhookError } from "./workflow";

export { INBOX } from "./probe";

/** The processor's reading of the queue, and whether the breaker has paused it. */
export interface ConsumerState {
  /** When the breaker paused it, RFC 3339; undefined where it runs, or where somebody else paused it. */
  readonly pausedSince?: string;
}

/** What recovery needs of the outside. */
export interface RecoverPorts {
  readonly consumer: {
    state(): Promise<ConsumerState>;
    /** Does what a pause does to the tags, with one that means nothing. */
    rehearse(): Promise<void>;
    /** Stops the reading; does no harm where it is stopped already, and completes a pause that was made in part. */
    pause(since: string): Promise<void>;
    resume(): Promise<void>;
  };
  readonly workflow: GroupPorts["workflow"];
  readonly deadLetters: {
    count(): Promise<number>;
    /** Reads on until the queue gives none. What was read is hidden for some seconds. */
    read(): AsyncIterable<DeadLetter>;
    remove(letter: DeadLetter): Promise<void>;
  };
  readonly records: {
    /** Records `dead_lettered` unless it is published or filtered; answers false where it is. */
    recordDeadLettered: GroupPorts["records"]["recordDeadLettered"];
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** A message of the dead-letter queue. */
export interface DeadLetter extends Pick<ReceivedMessage, "messageId" | "receiptHandle" | "body"> {
  /** Why the processor put it there; absent where SQS did, because its receives were used up. */
  readonly parked?: Failure;
}

/** Why SQS itself moved a message: nobody was left to say more. */
const RECEIVES_EXHAUSTED: WebhookError = {
  code: "ReceivesExhausted",
  message:
    "SQS moved the message: it was received as often as allowed and never acknowledged. The processor crashed, timed out or was throttled, or a service failed again at its last receive.",
};

/**
 * Opens the breaker: the queue is not read until the services that the workflow needs answer again. So an outage uses
 * up no receives, and nothing goes to the dead-letter queue however long it lasts (the queue keeps messages 14 days).
 * Repeats the pause also if the mapping is already tagged: an earlier one may have been refused halfway.
 * @param reason the failure that shows the outage
 */
export async function pause(reason: WebhookError, ports: RecoverPorts): Promise<void> {
  const { pausedSince } = await ports.consumer.state();
  const since = pausedSince ?? new Date(ports.now()).toISOString();
  await ports.consumer.pause(since);
  if (pausedSince === undefined) ports.log({ event: "inbox.paused", since, ...reason });
}

/** What a check of the breaker found. */
export interface BreakerCheck extends ConsumerState {
  /** Why the breaker does not work; absent if it does. */
  readonly error?: string;
}

/** Shows that the breaker can read and set its tag, without pausing anything. Never rejects. */
export async function check({ consumer }: Pick<RecoverPorts, "consumer">): Promise<BreakerCheck> {
  try {
    const state = await consumer.state();
    await consumer.rehearse();
    return state;
  } catch (error) {
    return { error: describeError(error) };
  }
}

/** Limit of the event that tells whether the services answer again: what takes longer is no sign of it. */
const PROBE_LIMIT = { timeoutMs: 10_000 };

/** Milliseconds after which unchanged dead letters are looked through again: as many can still be others. */
const LOOK_AGAIN_MS = 15 * 60_000;

/** A look through the dead-letter queue. */
export interface Look {
  /** Dead letters that were left in it. */
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Runs every minute: resumes a paused inbox when the services answer again, and gives the records of those messages
 * that SQS itself dead-lettered their status.
 * @param last the last look; dead letters are hidden while they are read, so they are not read in vain
 * @returns the last look from now on
 */
export async function recover(ports: RecoverPorts, last: Look | undefined): Promise<Look> {
  await resumeWhenWell(ports);
  const count = await ports.deadLetters.count();
  const now = ports.now();
  if (last && count === last.count && now - last.at < LOOK_AGAIN_MS) return last;
  const removed = count === 0 ? 0 : await recordDeadLetters(ports);
  return { count: count - removed, at: now };
}

async function resumeWhenWell(ports: RecoverPorts): Promise<void> {
  const { pausedSince } = await ports.consumer.state();
  if (pausedSince === undefined) return;
  // Its id is made of the pause, so that a second probe of one pause publishes nothing more.
  const at = new Date(ports.now()).toISOString();
  const probed = { id: `resumed-${pausedSince}`, type: "inbox.resumed", data: { pausedSince }, at } as const;
  const failure = await probe(probed, ports.workflow, PROBE_LIMIT);
  if (failure) {
    ports.log({ event: "inbox.paused", since: pausedSince, ...failure });
    // Pauses again: the mapping may be enabled still, or again, and would use up receives.
    await ports.consumer.pause(pausedSince);
    return;
  }
  await ports.consumer.resume();
  ports.log({ event: "inbox.resumed", since: pausedSince });
}

/** @returns how many dead letters were removed, since their webhooks are through */
async function recordDeadLetters(ports: RecoverPorts): Promise<number> {
  let removed = 0;
  for await (const letter of ports.deadLetters.read()) {
    const webhook = webhookOf(letter);
    if (!webhook) continue;
    const facts = { messageId: letter.messageId, provider: webhook.provider, id: webhook.id };
    // Parked ones, too: the processor may have died before it wrote that down.
    const failure = letter.parked ?? { error: RECEIVES_EXHAUSTED, tries: 0 };
    if ((await ports.records.recordDeadLettered(webhook, failure)) || letter.parked) {
      ports.log({ event: "dead_letter.seen", ...facts, ...failure.error });
      continue;
    }
    // The processor died between publishing and acknowledging, as often as the queue allows.
    await ports.deadLetters.remove(letter);
    removed += 1;
    ports.log({ event: "dead_letter.removed", ...facts });
  }
  return removed;
}

function webhookOf({ body }: DeadLetter): Webhook | undefined {
  try {
    return parseWebhook(body);
  } catch {
    return undefined;
  }
}
