import type { Message } from "@aws-sdk/client-sqs";
import { decodeAttributes, type MessageFacts } from "../functions/adapters/message-attributes";
import { eventOf } from "../functions/domain/consumer-message";
import { readMessage } from "../functions/domain/message";
import type { Webhook } from "../functions/domain/webhook";
import { splitKey } from "./records/record";
import { MIN_PREFIX, onlyOne } from "./short-ids";

/** Facts of the webhook that a dead letter contains. */
export type DeadLetteredWebhook = Pick<
  Webhook,
  "provider" | "id" | "key" | "type" | "replay" | "s3Key" | "data"
>;

/** A message in the dead-letter queue of the inbox or of a consumer. */
export interface DeadLetter {
  /**
   * Id of the message that failed, in the queue that it came from. It does not change if the dead letter is moved
   * within the dead-letter queue, but does if the webhook is redriven and fails again.
   */
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Webhook in the body, or of the event in the body; absent if the body contains neither. */
  readonly webhook?: DeadLetteredWebhook;
  /** Attributes that a consumer's message carries beside its event. */
  readonly source?: Pick<MessageFacts, "recordKey" | "s3Key">;
  /** `sequence` of the event in the body: its position in its group. */
  readonly eventSequence?: string;
  /** Message group of the webhook in the queue that it came from. */
  readonly group: string;
  /** Whether other dead letters can have the same group in this queue: SQS returns only the first ten of a group. */
  readonly shared: boolean;
  /** When the webhook was received, RFC 3339. */
  readonly receivedAt: string;
  /** When it was moved to this dead-letter queue, milliseconds since the epoch. */
  readonly deadLetteredAt: number;
  /** Sequence number of the SQS message; ascends in the order of dead-lettering. */
  readonly sequence: string;
  readonly reason: { readonly code: string; readonly message: string };
  readonly executionArn?: string;
  readonly attempts?: number;
  /** For an event that EventBridge could not deliver: ARN of the target, and name of its rule. */
  readonly target?: string;
  readonly rule?: string;
  /** Whether the recovery function redrove the webhook before, so that SQS has moved it a second time. */
  readonly redriven?: true;
}

/** Reason of a dead letter that SQS moved itself: such a message carries no reason. */
export const MOVED_BY_SQS = {
  code: "MovedBySqs",
  message:
    "SQS moved it here after its last receive, without a reason: the processor ended before its answer, or a service that it needs was down for long.",
} as const;

/** Reason of a dead letter that SQS moved from a consumer's queue. */
export const MOVED_FROM_CONSUMER = {
  code: MOVED_BY_SQS.code,
  message:
    "SQS moved it here after its last receive, without a reason: what reads the consumer's queue failed, or ended before it deleted the message. Its log says why.",
} as const;

/**
 * Reads a message of a dead-letter queue, sent there by the processor or moved by SQS.
 * @param consumer name of the consumer that the dead-letter queue belongs to; its messages are events. @default none,
 *   for the inbox's own queue
 */
export function parseDeadLetter(message: Message, consumer?: string): DeadLetter {
  const { Attributes: system = {}, MessageAttributes, Body: body = "" } = message;
  const { group, failure, redriven, ...facts } = decodeAttributes(MessageAttributes);
  const groupHere = system.MessageGroupId ?? "";
  // A message that the processor dead-letters has its own group, named after the failed message like its deduplication
  // id.
  const ownGroup = groupHere !== "" && groupHere === system.MessageDeduplicationId;
  const deadLetteredAt = Number(system.SentTimestamp ?? 0);
  const content: EventContent = consumer === undefined ? readMessage(body) : readEvent(body, facts);
  const receivedAt = content.receivedAt ?? facts.receivedAt;
  return {
    messageId: ownGroup ? groupHere : (message.MessageId ?? ""),
    receiptHandle: message.ReceiptHandle ?? "",
    body,
    ...(content.webhook && { webhook: content.webhook }),
    ...(content.eventSequence !== undefined && { eventSequence: content.eventSequence }),
    ...(consumer !== undefined && { source: { recordKey: facts.recordKey, s3Key: facts.s3Key } }),
    group: group ?? groupHere,
    shared: !ownGroup,
    receivedAt: receivedAt ?? new Date(deadLetteredAt).toISOString(),
    deadLetteredAt,
    sequence: system.SequenceNumber ?? "",
    reason: failure?.error ?? (consumer === undefined ? MOVED_BY_SQS : MOVED_FROM_CONSUMER),
    ...(failure?.executionArn !== undefined && { executionArn: failure.executionArn }),
    ...(failure && { attempts: failure.attempts }),
    ...(redriven && { redriven }),
  };
}

type EventContent = Pick<DeadLetter, "webhook" | "eventSequence"> & { readonly receivedAt?: string };

/** Reads a message of a consumer's queue: its event, and the attributes that the workflow added. */
function readEvent(body: string, { recordKey, s3Key = "" }: MessageFacts): EventContent {
  try {
    const { id, provider, type, replay, receivedat, sequence } = eventOf({ body });
    const { key } = splitKey(recordKey ?? `${provider}#${id}`);
    return {
      webhook: { provider, id, ...(key !== id && { key }), type, replay, s3Key },
      receivedAt: receivedat,
      eventSequence: sequence,
    };
  } catch {
    // Returns nothing: the workflow did not write this message, so only its body can be shown.
    return {};
  }
}

/** Selects dead letters; an absent criterion matches all. */
export interface DeadLetterFilter {
  /** Event ids, keys of webhooks, or ids of dead letters. */
  readonly ids?: readonly string[];
  readonly provider?: string;
  readonly type?: string;
  /** Code of the error. */
  readonly reason?: string;
  /** Least age of the webhook, in seconds. */
  readonly olderThan?: number;
  /** Greatest age of the webhook, in seconds. */
  readonly newerThan?: number;
}

export function matches(deadLetter: DeadLetter, filter: DeadLetterFilter, now: number): boolean {
  const { ids = [], provider, type, reason, olderThan, newerThan } = filter;
  const ageSeconds = (now - Date.parse(deadLetter.receivedAt)) / 1_000;
  return (
    (ids.length === 0 ||
      ids.includes(deadLetter.messageId) ||
      ids.includes(deadLetter.webhook?.id ?? "") ||
      ids.includes(deadLetter.webhook?.key ?? "")) &&
    (provider === undefined || deadLetter.webhook?.provider === provider) &&
    (type === undefined || deadLetter.webhook?.type === type) &&
    (reason === undefined || deadLetter.reason.code === reason) &&
    (olderThan === undefined || ageSeconds >= olderThan) &&
    (newerThan === undefined || ageSeconds < newerThan)
  );
}

/**
 * Completes abbreviated ids: replaces the beginning of an id by the whole id if only one dead letter has such an id.
 * @throws UsageError with candidates if several dead letters have one
 */
export function wholeIds(ids: readonly string[], deadLetters: readonly DeadLetter[]): readonly string[] {
  const namesOf = ({ webhook, messageId }: DeadLetter) =>
    [messageId, webhook?.id, webhook?.key].filter((name) => name !== undefined);
  const all = deadLetters.flatMap(namesOf);
  return ids.map((id) => {
    if (id.length < MIN_PREFIX || all.includes(id)) return id;
    const named = deadLetters.filter((one) => namesOf(one).some((name) => name.startsWith(id)));
    const names = [...new Set(named.map(({ webhook, messageId }) => webhook?.id ?? messageId))];
    return onlyOne(id, names, (name) => name) ?? id;
  });
}

/**
 * Sorts dead letters by the time their webhooks were received, and those of a consumer by their events' `sequence`: a
 * replay was received earlier than events that were published before it.
 */
export function byArrival(deadLetters: readonly DeadLetter[]): readonly DeadLetter[] {
  // A sequence number is a long decimal: longer ones are greater.
  const ascending = (a: string, b: string) => a.length - b.length || compare(a, b);
  const sequence = (a: DeadLetter, b: DeadLetter) => ascending(a.sequence, b.sequence);
  return [...deadLetters].sort(
    (a, b) =>
      ascending(a.eventSequence ?? "", b.eventSequence ?? "") ||
      Date.parse(a.receivedAt) - Date.parse(b.receivedAt) ||
      a.deadLetteredAt - b.deadLetteredAt ||
      sequence(a, b),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
