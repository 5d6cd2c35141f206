import { describeError } from "./errors";
import type { CallLimit, GroupPorts } from "./group-ports";
import { CALL_MS, hasTimeToSpare, MIN_REMAINING_MS, PAUSE_MS, within } from "./group-time";
import { deadLetter, RECEIVES_EXHAUSTED } from "./dead-letter";
import { readMessage, type Delivery, type ReceivedMessage } from "./message";
import { processGroup } from "./process-group";
import { letWait, waitFor } from "./retry-after";
import type { WebhookError } from "./workflow";

/*
 * While the processing of a provider is paused its messages are taken off the queue and held in the table, in the order of
 * their groups: hidden in the queue they would use up receives, and many of them would block other groups. SQS lets one
 * invocation at a time have messages of a group, so what is held of a group is written and read by one at a time too.
 */

/** Whether a provider's webhooks are held, or what is held is being processed. One that is neither is absent. */
export type PauseState = "paused" | "resuming";

/** What is held of a message. */
export type HeldDelivery = Pick<
  Delivery,
  "messageId" | "body" | "deduplicationId" | "sequence" | "receivedAt" | "trace"
>;

/** A held message, numbered within its group in the order in which the queue took it. */
export interface HeldMessage extends HeldDelivery {
  readonly number: number;
}

/** The first messages that are held of a group. */
export interface HeldHead {
  /** In order; at most ten. */
  readonly messages: readonly HeldMessage[];
  /** How often they were begun, including this time. */
  readonly begun: number;
  /** Number of the last that was looked for. */
  readonly to: number;
}

/** A message group of which something is held. */
export interface HeldGroup {
  readonly provider: string;
  readonly group: string;
}

export interface PausePorts {
  readonly pauses: {
    /** Providers whose processing is not as usual. A pause that was answered before is seen. */
    read(limit?: CallLimit): Promise<ReadonlyMap<string, PauseState>>;
  };
  readonly held: {
    /**
     * Holds messages behind what is held of their group.
     * @param behind only if there is something of it held
     * @returns whether it holds them
     */
    add(
      of: HeldGroup,
      messages: readonly HeldDelivery[],
      behind: boolean,
      limit?: CallLimit,
    ): Promise<boolean>;
    /** Begins with the first messages of a group; undefined if none is held. */
    begin(group: string, limit?: CallLimit): Promise<HeldHead | undefined>;
    /**
     * Removes what is done.
     * @param from number of the first message that is not done
     * @param begun what `begin` says the next time is one more
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

/** Body of the message that has a group of this provider process what is held of it. */
export function resumeMessage(provider: string): string {
  return JSON.stringify({ resume: provider });
}

/** Whether a message's body is such a one, which holds no webhook. */
export function isResumeMessage(body: string): boolean {
  return RESUME_MESSAGE.test(body);
}

const RESUME_MESSAGE = /^\{"resume":"([a-z0-9-]+)"\}$/;

/** Whose the messages of a group are; undefined if none of them can be read. */
export function providerOf(messages: readonly ReceivedMessage[]): string | undefined {
  for (const { webhook, body } of messages) {
    const provider = webhook?.provider ?? RESUME_MESSAGE.exec(body)?.[1];
    if (provider !== undefined) return provider;
  }
  return undefined;
}

/** Part of the times that a held message may be begun: with twice as many as receives, a finish may fail now and then. */
const BEGINS_PER_RECEIVE = 2;

/**
 * Processes the messages of one group, or holds them if their provider is paused. While it resumes, what is held comes first.
 * @param pauses of the providers
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
      // What is held stays held; the recovery function has the group go on within a minute.
      ports.log({ event: "held.unavailable", group: of.group, error: describeError(error) });
    }
  }
  return [];
}

/** Makes a call again while there is time, if the queue would redrive the messages instead of delivering them again. */
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

/** Gives messages back as a service's failure does. */
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

/** Processes what is held of a group as far as there is time. The recovery function has it go on. */
async function processHeld(group: string, ports: GroupPorts & PausePorts): Promise<void> {
  // Held messages are not in the queue: nothing hides them, and nothing has to.
  const inTable = { ...ports, queue: { retryAfter: () => Promise.resolve() } };
  const most = ports.maxReceiveCount;
  while (hasTimeToSpare(ports)) {
    const head = await ports.held.begin(group, within(CALL_MS, ports));
    if (head === undefined) return;
    const { begun } = head;
    // After crashes each by itself, so that the one that crashes is identified.
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

/** Dead-letters the first of messages that never came to an end, as SQS does. Returns the others. */
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
