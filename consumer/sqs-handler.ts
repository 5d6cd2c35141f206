import { parse, type WebhookEvent } from "./event";

/** A message as Lambda's event source mapping passes it; only the fields that are used are named. */
export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly MessageGroupId?: string | undefined };
}

/** Answer to Lambda, which reads it only with `ReportBatchItemFailures`. */
export interface SqsBatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

export interface SqsHandlerOptions {
  /** Reports why a message failed, which is then retried. @default writes it to standard error */
  readonly onError?: (error: unknown, record: SqsRecord) => void;
}

const logError = (error: unknown, { messageId }: SqsRecord) => console.error(`message ${messageId}:`, error);

/**
 * Returns the handler of a Lambda function on a consumer's FIFO queue. Groups run concurrently; within one, events are
 * handled one after the other. At the first that fails, it and the rest of its group return to the queue unhandled.
 *
 * The event source mapping has to have `ReportBatchItemFailures`: without it Lambda considers the batch done and
 * deletes the messages that failed.
 */
export function sqsHandler<R extends SqsRecord>(
  handle: (event: WebhookEvent, record: R) => Promise<unknown>,
  { onError = logError }: SqsHandlerOptions = {},
): (event: { readonly Records: readonly R[] }) => Promise<SqsBatchResponse> {
  /** Handles a group in order. @returns the messages from the first that failed on */
  async function failuresOf(group: readonly R[]): Promise<readonly R[]> {
    for (const [index, record] of group.entries()) {
      try {
        await handle(parse(record), record);
      } catch (error) {
        onError(error, record);
        return group.slice(index);
      }
    }
    return [];
  }

  return async ({ Records }) => {
    const failed = await Promise.all([...groupsOf(Records).values()].map(failuresOf));
    return { batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** Groups messages by their message group, in their order; each message of a standard queue is a group of its own. */
function groupsOf<R extends SqsRecord>(records: readonly R[]): ReadonlyMap<string, readonly R[]> {
  const groups = new Map<string, R[]>();
  for (const record of records) {
    const { MessageGroupId } = record.attributes;
    const key = MessageGroupId === undefined ? `message ${record.messageId}` : `group ${MessageGroupId}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return groups;
}
