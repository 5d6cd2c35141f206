import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import { cleanText } from "../domain/characters";
import type { Failure } from "../domain/group-ports";

/**
 * Facts that a message's attributes add to the webhook in its body. The inbox's own queue has only `receivedAt` and
 * `redriven`.
 */
export interface MessageFacts {
  /** When the webhook was received, RFC 3339. */
  readonly receivedAt?: string | undefined;
  /** Whether the recovery function has redriven it. */
  readonly redriven?: true;
  /** Why the processor dead-lettered it. */
  readonly failure?: Failure;
  /** Message group in the original queue. */
  readonly group?: string;
  /** Deduplication id in the original queue. */
  readonly deduplicationId?: string;
  /** Primary key of the webhook's record; only on messages for consumers. */
  readonly recordKey?: string | undefined;
  /** S3 key of the webhook's payload; only on messages for consumers. */
  readonly s3Key?: string | undefined;
}

/** Names of the attributes. SQS takes at most ten in a message, and keeps them when it moves one to the dead-letter queue. */
const NAMES = {
  receivedAt: "ReceivedAt",
  redriven: "RedrivenBy",
  errorCode: "ErrorCode",
  errorMessage: "ErrorMessage",
  executionArn: "ExecutionArn",
  group: "OriginalMessageGroupId",
  deduplicationId: "OriginalDeduplicationId",
  attempts: "Attempts",
  // Also written by the workflow, on messages for consumers: statemachines/consumers.asl.json.
  recordKey: "RecordKey",
  s3Key: "S3Key",
} as const;

/** Every name that {@link encodeAttributes} writes. */
export const attributeNames = (): string[] => Object.values(NAMES);

/** Longest text of an error that goes into a message attribute, in code points. */
const MAX_ERROR_LENGTH = 1_000;

/** Returns a text as a message attribute. */
export const textAttribute = (value: string): MessageAttributeValue => ({
  DataType: "String",
  StringValue: value,
});

/**
 * Returns the only attribute that ingestion writes. A function of its own, so that ingestion's bundle omits the others.
 */
export const receivedAtAttribute = (receivedAt: string): Record<string, MessageAttributeValue> => ({
  [NAMES.receivedAt]: textAttribute(receivedAt),
});

/**
 * Encodes facts for {@link decodeAttributes}. SQS rejects an empty text, so an empty error code or message becomes a
 * dash.
 */
export function encodeAttributes(facts: MessageFacts): Record<string, MessageAttributeValue> {
  const { receivedAt, redriven, failure, group, deduplicationId, recordKey, s3Key } = facts;
  const texts: Readonly<Record<string, string | undefined>> = {
    [NAMES.redriven]: redriven && "recovery",
    [NAMES.errorCode]: failure && (cleanText(failure.error.code, MAX_ERROR_LENGTH) || "-"),
    [NAMES.errorMessage]: failure && (cleanText(failure.error.message, MAX_ERROR_LENGTH) || "-"),
    [NAMES.executionArn]: failure?.executionArn,
    [NAMES.group]: group,
    [NAMES.deduplicationId]: deduplicationId,
    [NAMES.recordKey]: recordKey,
    [NAMES.s3Key]: s3Key,
  };
  return {
    ...(receivedAt !== undefined && receivedAtAttribute(receivedAt)),
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) =>
        text === undefined ? [] : [[name, textAttribute(text)]],
      ),
    ),
    ...(failure && { [NAMES.attempts]: { DataType: "Number", StringValue: String(failure.attempts) } }),
  };
}

/** An attribute as the SDK names its value, or as Lambda's event source mapping does. */
interface Attribute {
  readonly StringValue?: string | undefined;
  readonly stringValue?: string | undefined;
}

/** Decodes the attributes of a message; facts without an attribute are absent. */
export function decodeAttributes(attributes: Readonly<Record<string, Attribute>> = {}): MessageFacts {
  const value = (name: keyof typeof NAMES) => {
    const attribute = attributes[NAMES[name]];
    return attribute?.StringValue ?? attribute?.stringValue;
  };
  const optional = <
    K extends "receivedAt" | "group" | "deduplicationId" | "executionArn" | "recordKey" | "s3Key",
  >(
    name: K,
  ) => {
    const text = value(name);
    return (text === undefined ? {} : { [name]: text }) as { readonly [P in K]?: string };
  };
  const code = value("errorCode");
  const failure = code !== undefined && {
    error: { code, message: value("errorMessage") ?? "-" },
    attempts: Number(value("attempts") ?? 0),
    ...optional("executionArn"),
  };
  return {
    ...optional("receivedAt"),
    ...optional("group"),
    ...optional("deduplicationId"),
    ...optional("recordKey"),
    ...optional("s3Key"),
    ...(failure && { failure }),
    ...(value("redriven") !== undefined && { redriven: true }),
  };
}
