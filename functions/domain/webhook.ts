import { createHash } from "node:crypto";
import { replaceInvalidCharacters } from "./characters";
import type { EventFacts } from "../../providers";

/**
 * A webhook between ingestion and the bus: the body of the queue's message. Contains nothing that differs between
 * redeliveries of the same bytes (the receive time is a message attribute).
 */
export interface Webhook {
  /** Configured provider name, e.g. `stripe`. */
  readonly provider: string;
  /** Event id, the provider's own if it has one; consumers deduplicate by event source and this id. */
  readonly id: string;
  /**
   * Key of the webhook, unique within the provider: names its record, message and payload. Absent if it is the id, as
   * in all messages of earlier versions. See {@link keyOf}.
   */
  readonly key?: string;
  /** Provider's event type, e.g. `invoice.paid`. */
  readonly type: string;
  /** Time of the event by the provider's clock, RFC 3339. */
  readonly time?: string;
  /** Set if {@link Webhook.time} is not signed: it then proves nothing about the order of events. */
  readonly timeUnsigned?: true;
  /** Media type of the content or of the referenced payload, without parameters. */
  readonly contentType: string;
  /** Bytes of the payload as received. */
  readonly size: number;
  /** Location of the payload, stored byte for byte as received. */
  readonly s3Key: string;
  /** 0 for the provider's own request, n for its n-th deliberate replay. */
  readonly replay: number;
  /** Set if the provider's API returned the event and no signed request delivered it; published as `receivedvia`. */
  readonly receivedVia?: "reconciliation";
  /** Name of the only consumer to replay to; the webhook is not published on the bus then. */
  readonly only?: string;
  /**
   * JSON text of the payload, or absent if it is too large to travel inline. It is text and not a parsed value, so that
   * it goes into the event unchanged and no engine on the way rounds its numbers.
   */
  readonly data?: string;
  /** Bytes of a payload that is not JSON, in base64, instead of {@link Webhook.data}. */
  readonly dataBase64?: string;
}

/**
 * Maximum size of an inline payload, measured in bytes as a JSON string inside JSON. A Step Functions state holds 256
 * KiB and an EventBridge entry is safe below 256 KB; both contain the payload escaped in this way.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const INLINE_LIMIT_BYTES = 100 * 1024;

/** Returns the key that identifies a webhook within its provider. */
export function keyOf({ id, key }: Pick<Webhook, "id" | "key">): string {
  return key ?? id;
}

/** Returns the event id in a key of {@link identityOf}; undefined for a key that is an id itself. */
export function idInKey(key: string): string | undefined {
  return /^(.+)~[0-9a-f]{16}$/.exec(key)?.[1];
}

/** Returns the primary key of a webhook's record. Provider names contain no `#`, so two webhooks never share one. */
export function recordKey(provider: string, key: string): string {
  return `${provider}#${key}`;
}

/** Returns the webhook's key within its provider, from the primary key of its record. */
export function keyInRecordKey(key: string): string {
  return key.slice(key.indexOf("#") + 1);
}

/** Returns the SHA-256 in hexadecimal. */
export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * Ids that are stored as they are; all others are replaced by their hash. Those are longer ids and ids with other than
 * visible ASCII characters; ids with a quote or a backslash, which an input transformer of EventBridge does not escape;
 * and `.` and `..`, which browsers and tools take for a path step in the console's addresses and in S3 keys.
 */
const PLAIN_ID = /^(?!\.{1,2}$)[!#-[\]-~]{1,200}$/;

/**
 * Returns the id under which an event is stored and published: the provider's own, or its hash if it is no plain identifier.
 */
export function eventId(providersId: string): string {
  return PLAIN_ID.test(providersId) ? providersId : `sha256:${sha256(providersId)}`;
}

/**
 * Returns the id and, where it differs, the key of an event. An unsigned id is bound to what it came with, as
 * `<id>~<16 hexadecimal digits>`: sent with other content it makes another key, so it cannot suppress the original.
 */
export function identityOf({ id, binding }: Pick<EventFacts, "id" | "binding">): Pick<Webhook, "id" | "key"> {
  const plain = eventId(id);
  return { id: plain, ...(binding !== undefined && { key: `${plain}~${binding}` }) };
}

/**
 * Maximum length of the detail type of an EventBridge event.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
 */
const MAX_TYPE_LENGTH = 128;

/**
 * Returns the event type as it is stored and published: the provider's own, cut to EventBridge's limit but not within a
 * surrogate pair. Characters that SQS rejects are replaced, since a rule can have a queue as its target.
 */
export function eventType(providersType: string): string {
  const cut = providersType.slice(0, MAX_TYPE_LENGTH).replace(/[\ud800-\udbff]$/, "");
  return replaceInvalidCharacters(cut);
}

/**
 * Values that SQS accepts as a deduplication id or a message group id.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const SQS_TOKEN = /^[\x21-\x7e]{1,128}$/;

function sqsToken(readable: string): string {
  return SQS_TOKEN.test(readable) ? readable : `sha256:${sha256(readable)}`;
}

/** Returns the deduplication id: the same for every attempt at one webhook, another one for each replay. */
export function deduplicationId(webhook: Pick<Webhook, "provider" | "id" | "key" | "replay">): string {
  return sqsToken(`${webhook.provider}:${keyOf(webhook)}:${webhook.replay}`);
}

/**
 * Returns the deduplication id under which a dead-lettered webhook is queued again. It is the same however often an
 * operator or the recovery function repeats an interrupted redrive. It differs from the webhook's first id and from
 * those of earlier redrives, which SQS would drop silently.
 * @param messageId id of the failed message in its original queue
 */
export function redriveDeduplicationId(messageId: string): string {
  return `redrive:${messageId}`;
}

/**
 * Returns the deduplication id of the message that wakes a group: one a minute.
 * @param at milliseconds since the epoch
 */
export function resumeDeduplicationId(group: string, at: number): string {
  return sqsToken(`resume:${group}:${Math.floor(at / 60_000)}`);
}

/** Returns the message group of a webhook: its provider, followed by the value of its ordering key if there is one. */
export function messageGroup(provider: string, orderingValue: string | undefined): string {
  return orderingValue === undefined ? provider : sqsToken(`${provider}:${orderingValue}`);
}

/**
 * Returns the key of a raw payload. It contains a hash of the content: requests with different bytes under one key are
 * all stored, the same bytes are one object, and a message always refers to the bytes with which it was received.
 */
export function payloadKey(provider: string, key: string, body: Buffer): string {
  return `${payloadPrefix(provider, key)}/${sha256(body).slice(0, 32)}`;
}

/**
 * Returns the prefix of a key's payloads. With `/` appended it matches only those of the key, with `~` those of all
 * webhooks with this id.
 */
export function payloadPrefix(provider: string, key: string): string {
  return `raw/${provider}/${encodeURIComponent(key)}`;
}

const HEADERS_SUFFIX = ".headers";

/** Returns the key of a request's headers that are too large for the payload's metadata. */
export function headersKey(payloadKey: string): string {
  return `${payloadKey}${HEADERS_SUFFIX}`;
}

/** Returns whether an object under a payload's prefix contains headers, not a payload. */
export function isHeadersKey(key: string): boolean {
  return key.endsWith(HEADERS_SUFFIX);
}

/** Returns the bytes that a payload's text takes as a string inside JSON. */
export function inlineSize(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
