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
  /** When it happened by the provider's clock, RFC 3339. */
  readonly time?: string;
  /** Set where {@link Webhook.time} is not signed: then it says nothing about the order of events. */
  readonly timeUnsigned?: true;
  /** Media type of what the event carries or refers to, without parameters. */
  readonly contentType: string;
  /** Bytes of the payload as received. */
  readonly size: number;
  /** Location of the payload, stored byte for byte as received. */
  readonly s3Key: string;
  /** 0 for what the provider sent, n for the n-th deliberate replay of it. */
  readonly replay: number;
  /** Set where the provider's API gave it and no signed request did; events say it as `receivedvia`. */
  readonly receivedVia?: "reconciliation";
  /** Name of the one consumer that a replay is for: it is not published on the bus then. */
  readonly only?: string;
  /**
   * The payload's own JSON text, or absent if it is too large to travel inline. Text and not a parsed value:
   * it is put into the event as it is, so no engine on the way rounds its numbers.
   */
  readonly data?: string;
  /** In place of {@link Webhook.data} if the payload is not JSON: its bytes in base64. */
  readonly dataBase64?: string;
}

/**
 * Largest payload, measured as a JSON string inside JSON in bytes, that travels inline.
 * A Step Functions state holds 256 KiB and an EventBridge entry is safe below 256 KB; both hold the payload so escaped.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const INLINE_LIMIT_BYTES = 100 * 1024;

/** What a webhook is known by within its provider. */
export function keyOf({ id, key }: Pick<Webhook, "id" | "key">): string {
  return key ?? id;
}

/** Returns the event id in a key of {@link identityOf}; undefined for a key that is an id itself. */
export function idInKey(key: string): string | undefined {
  return /^(.+)~[0-9a-f]{16}$/.exec(key)?.[1];
}

/** Primary key of a webhook's record. Provider names hold no `#`, so two webhooks never share one. */
export function recordKey(provider: string, key: string): string {
  return `${provider}#${key}`;
}

/** Returns the key of a webhook within its provider. */
export function keyInRecordKey(key: string): string {
  return key.slice(key.indexOf("#") + 1);
}

/** Hexadecimal SHA-256. */
export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * Event ids longer than this, or with other characters than visible ASCII, are replaced by their hash. So are those with a
 * quote or a backslash, which an input transformer of EventBridge does not escape, and `.` and `..`, which browsers and
 * tools take for a step in a path: in the console's addresses and in S3 keys.
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
 * Longest detail type of an EventBridge event.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
 */
const MAX_TYPE_LENGTH = 128;

/**
 * Returns the event type as it is stored and published: the provider's own, cut to what EventBridge takes but not inside of a
 * surrogate pair. What SQS rejects is replaced, since a rule can have a queue for its target.
 */
export function eventType(providersType: string): string {
  const cut = providersType.slice(0, MAX_TYPE_LENGTH).replace(/[\ud800-\udbff]$/, "");
  return replaceInvalidCharacters(cut);
}

/**
 * What SQS takes as a deduplication id or a message group id.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const SQS_TOKEN = /^[\x21-\x7e]{1,128}$/;

function sqsToken(readable: string): string {
  return SQS_TOKEN.test(readable) ? readable : `sha256:${sha256(readable)}`;
}

/** Returns the same for every attempt at one webhook, another one for each replay. */
export function deduplicationId(webhook: Pick<Webhook, "provider" | "id" | "key" | "replay">): string {
  return sqsToken(`${webhook.provider}:${keyOf(webhook)}:${webhook.replay}`);
}

/**
 * Deduplication id under which a dead-lettered webhook goes back into the queue: the same however often an interrupted
 * redrive is run again, by an operator or by the recovery function, and neither the webhook's first one nor that of an
 * earlier redrive, which SQS would swallow silently.
 * @param messageId id of the message that failed, in the queue that it came from
 */
export function redriveDeduplicationId(messageId: string): string {
  return `redrive:${messageId}`;
}

/** Deduplication id of the message that has a group go on: one a minute. @param at milliseconds since the epoch */
export function resumeDeduplicationId(group: string, at: number): string {
  return sqsToken(`resume:${group}:${Math.floor(at / 60_000)}`);
}

/** Message group of a webhook: its provider, or its provider and the value of the ordering key if that has one. */
export function messageGroup(provider: string, orderingValue: string | undefined): string {
  return orderingValue === undefined ? provider : sqsToken(`${provider}:${orderingValue}`);
}

/**
 * Key of a raw payload. Named by its content too: two requests with different bytes under one key are both stored,
 * the same bytes are one object, and a message always refers to the bytes it came with.
 */
export function payloadKey(provider: string, key: string, body: Buffer): string {
  return `${payloadPrefix(provider, key)}/${sha256(body).slice(0, 32)}`;
}

/**
 * Returns the prefix of a key's payloads: followed by `/` those of the key, by `~` those of all webhooks with this id.
 */
export function payloadPrefix(provider: string, key: string): string {
  return `raw/${provider}/${encodeURIComponent(key)}`;
}

const HEADERS_SUFFIX = ".headers";

/** Key of a request's headers where they are too large for the payload's metadata. */
export function headersKey(payloadKey: string): string {
  return `${payloadKey}${HEADERS_SUFFIX}`;
}

/** Whether an object under a payload's prefix holds headers, not a payload. */
export function isHeadersKey(key: string): boolean {
  return key.endsWith(HEADERS_SUFFIX);
}

/** Bytes that a payload's text takes as a string inside JSON. */
export function inlineSize(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
