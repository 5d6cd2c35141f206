import { describeError } from "./errors";
import type { CallLimit, GroupPorts } from "./group-ports";
import { CALL_MS, hasTimeToSpare, MIN_REMAINING_MS, PAUSE_MS, within } from "./group-time";
import { deadLetter, RECEIVES_EXHAUSTED } from "./dead-letter";
import { readMessage, type Delivery, type ReceivedMessage } from "./message";
import { processGroup } from "./process-group";
import { letWait, waitFor } from "./retry-after";
import type { WebhookError } from "./workflow";

/*
 * While the processing of a provider is paused, its messages are moved from the queue to the table and held there, in
 * the order of their groups. In the queue they would use up receives, and many of them would block other groups. SQS
 * gives the messages of a group to one invocation at a time, so held messages of a group are never accessed
 * concurrently.
 */

/**
 * Whether a provider's webhooks are held (`paused`) or the held ones are being processed (`resuming`). Absent for
 * others.
 */
export type PauseState = "paused" | "resuming";

/** Fields of a message that are stored while it is held. */
export type HeldDelivery = Pick<
  Delivery,
  "messageId" | "body" | "deduplicationId" | "sequence" | "receivedAt" | "trace"
>;

/** A held message, numbered within its group in the order of the queue. */
export interface HeldMessage extends HeldDelivery {
  readonly number: number;
}

/** The first held messages of a group. */
export interface HeldHead {
  /** At most ten messages, in order. */
  readonly messages: readonly HeldMessage[];
  /** How often processing of these messages was begun, including this time. */
  readonly begun: number;
  /** Number of the last message that was looked up. */
  readonly to: number;
}

/** A message group with held messages. */
export interface HeldGroup {
  readonly provider: string;
  readonly group: string;
}

export interface PausePorts {
  readonly pauses: {
    /** Reads the providers that are paused or resuming; sees every pause that was confirmed before. */
    read(limit?: CallLimit): Promise<ReadonlyMap<string, PauseState>>;
  };
  readonly held: {
    /**
     * Holds messages behind those of their group that are already held.
     * @param behind whether to hold them only if others of the group are held
     * @returns whether it holds them
     */
    add(
      of: HeldGroup,
      messages: readonly HeldDelivery[],
      behind: boolean,
      limit?: CallLimit,
    ): Promise<boolean>;
    /** Returns the first held messages of a group and counts this; undefined if none is held. */
    begin(group: string, limit?: CallLimit): Promise<HeldHead | undefined>;
    /**
     * Removes messages that are done.
     * @param from number of the first message that is not done
     * @param begun count after which the next `begin` continues
     */
    finish(
      group: string,
      done: readonly HeldMessage[],
      from: number,
      begun: number,
      limit?: CallLimit,
    ): Promise<void>;
  };
}

/** Returns the body of a message that makes its group process the held messages of this provider. */
export function resumeMessage(provider: string): string {
  return JSON.stringify({ resume: provider });
}

/** Returns whether a message's body is one of {@link resumeMessage}, without a webhook. */
export function isResumeMessage(body: string): boolean {
  return RESUME_MESSAGE.test(body);
}

const RESUME_MESSAGE = /^\{"resume":"([a-z0-9-]+)"\}$/;

/** Returns the provider of a group's messages; undefined if no message can be read. */
export function providerOf(messages: readonly ReceivedMessage[]): string | undefined {
  for (const { webhook, body } of messages) {
    const provider = webhook?.provider ?? RESUME_MESSAGE.exec(body)?.[1];
    if (provider !== undefined) return provider;
  }
  return undefined;
}

/** How often a held message may be begun, per allowed receive: two, since storing the result may fail now and then. */
const BEGINS_PER_RECEIVE = 2;

/**
 * Processes the messages of one group, or holds them if their provider is paused. While it resumes, held messages come
 * first.
 * @param pauses states by provider
 * @returns the messages that the queue shall deliver again
 */
export async function processOrHold(
  messages: readonly ReceivedMessage[],
  pauses: ReadonlyMap<string, PauseState>,
  ports: GroupPorts & PausePorts,
): Promise<readonly ReceivedMessage[]> {
  const own = messages.filter(({ body }) => !isResumeMessage(body));
  const provider = providerOf(messages);
  const state = provider === undefined ? undefined : pauses.get(provider);
  if (provider === undefined || state === undefined) return processGroup(own, ports);
  const of = { provider, group: messages[0]?.group ?? "" };
  let held: boolean;
  try {
    held =
      own.length === 0 ||
      (await patiently(
        own,
        () => ports.held.add(of, own, state === "resuming", within(CALL_MS, ports)),
        ports,
      ));
  } catch (error) {
    return giveBack(own, { code: "HoldUnavailable", message: describeError(error) }, ports);
  }
  if (!held) return processGroup(own, ports);
  if (state === "resuming") {
    try {
      await processHeld(of.group, ports);
    } catch (error) {
      // Log the error only: the messages stay held, and the recovery function wakes the group within a minute.
      ports.log({ event: "held.unavailable", group: of.group, error: describeError(error) });
    }
  }
  return [];
}

/**
 * Repeats a failing call while time is left, if this is the last receive, after which SQS dead-letters the messages.
 */
export async function patiently<T>(
  messages: readonly ReceivedMessage[],
  call: () => Promise<T>,
  ports: GroupPorts,
): Promise<T> {
  const lastReceive = messages.some(({ receiveCount }) => receiveCount >= ports.maxReceiveCount);
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!lastReceive || ports.remainingMs() - PAUSE_MS < MIN_REMAINING_MS) throw error;
      await ports.sleep(PAUSE_MS);
    }
  }
}

/** Returns messages to the queue, with the wait that applies to a service's failure. */
export async function giveBack(
  messages: readonly ReceivedMessage[],
  error: WebhookError,
  ports: GroupPorts,
): Promise<readonly ReceivedMessage[]> {
  const [message] = messages;
  if (message) {
    const wait = await waitFor("service", false, message, { error, attempts: 0 }, ports);
    await letWait(messages, wait, ports);
  }
  return messages;
}

/** Processes held messages of a group while time is left; the recovery function wakes the group for the rest. */
async function processHeld(group: string, ports: GroupPorts & PausePorts): Promise<void> {
  // Change no visibility: held messages are not in the queue.
  const inTable = { ...ports, queue: { retryAfter: () => Promise.resolve() } };
  const most = ports.maxReceiveCount;
  while (hasTimeToSpare(ports)) {
    const head = await ports.held.begin(group, within(CALL_MS, ports));
    if (head === undefined) return;
    const { begun } = head;
    // Process a single message after crashes, so that the one that causes them is identified.
    const messages = begun > most ? head.messages.slice(0, 1) : head.messages;
    const last = begun > most ? (messages[0]?.number ?? head.to) : head.to;
    const received = messages.map((message) => receivedOf(message, group, Math.min(begun, most)));
    const left =
      begun > BEGINS_PER_RECEIVE * most
        ? await deadLetterFirst(received, begun, ports)
        : await processGroup(received, inTable);
    const kept = new Set(left.map(({ sequence }) => sequence));
    const done = messages.filter(({ sequence }) => !kept.has(sequence));
    const next = messages.find(({ sequence }) => kept.has(sequence)) ?? { number: last + 1 };
    const again = done.length > 0 ? 0 : Math.min(begun, most - 1);
    await ports.held.finish(group, done, next.number, again, within(CALL_MS, ports));
    if (kept.size > 0) return;
  }
}

/** Dead-letters the first of messages that never finish, as SQS would. Returns the others. */
async function deadLetterFirst(
  messages: readonly ReceivedMessage[],
  begun: number,
  ports: GroupPorts,
): Promise<readonly ReceivedMessage[]> {
  const [first, ...others] = messages;
  if (!first) return [];
  const error = {
    code: RECEIVES_EXHAUSTED,
    message:
      "It was held and begun as often as allowed, and never came to an end. The processor crashed or timed out.",
  };
  return (await deadLetter(first, { error, attempts: begun - 1 }, ports)) ? others : messages;
}

function receivedOf(held: HeldMessage, group: string, receiveCount: number): ReceivedMessage {
  return { ...held, ...readMessage(held.body), group, receiptHandle: "", receiveCount };
}
