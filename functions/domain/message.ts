import { escapeInJson } from "./characters";
import { describeError } from "./errors";
import type { Webhook } from "./webhook";

/** A message as the queue delivered it, with any content. */
export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly group: string;
  readonly deduplicationId: string;
  /** Sequence number; ascends within a group in the order in which messages were sent to the queue. */
  readonly sequence: string;
  /** How often it was received from the queue, including this time. */
  readonly receiveCount: number;
  /** When the webhook was received, RFC 3339. */
  readonly receivedAt: string;
  /** Header of the trace in which the webhook was received. */
  readonly trace?: string;
}

/** The webhook in a message, or why it contains none. */
export type MessageContent =
  | { readonly webhook: Webhook; readonly unreadable?: never }
  | { readonly webhook?: never; readonly unreadable: string };

/** A message of the queue with its content. */
export type ReceivedMessage = Delivery & MessageContent;

const STRINGS = ["provider", "id", "type", "s3Key"] as const;
const NUMBERS = ["size", "replay"] as const;
const OPTIONAL_STRINGS = ["key", "time", "only", "receivedVia", "data", "dataBase64"] as const;

/** Writes a webhook as a message's body: JSON without a character that SQS rejects. */
export function messageBody(webhook: Webhook): string {
  return escapeInJson(JSON.stringify(webhook));
}

/** Media type that replaces an empty one, which messages of earlier versions in the dead-letter queue can have. */
const UNKNOWN_MEDIA_TYPE = "application/octet-stream";

/**
 * Returns the webhook in a message's body.
 * @throws {TypeError} naming what is wrong; such a message was not written by the ingestion function.
 */
export function parseWebhook(body: string): Webhook {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new TypeError("the message is not JSON");
  }
  if (typeof value !== "object" || value === null) throw new TypeError("the message is not a JSON object");
  const fields = value as Record<string, unknown>;
  const wrong = [
    ...STRINGS.filter((field) => typeof fields[field] !== "string" || fields[field] === ""),
    ...(typeof fields["contentType"] === "string" ? [] : ["contentType"]),
    ...NUMBERS.filter((field) => !Number.isSafeInteger(fields[field])),
    ...OPTIONAL_STRINGS.filter((field) => fields[field] !== undefined && typeof fields[field] !== "string"),
  ];
  if (wrong.length > 0) throw new TypeError(`the message lacks a valid ${wrong.join(", ")}`);
  const webhook = value as Webhook;
  return webhook.contentType === "" ? { ...webhook, contentType: UNKNOWN_MEDIA_TYPE } : webhook;
}

/** Reads a message's body. Never throws: a message that ingestion did not write must not block the queue. */
export function readMessage(body: string): MessageContent {
  try {
    return { webhook: parseWebhook(body) };
  } catch (error) {
    return { unreadable: describeError(error) };
  }
}
