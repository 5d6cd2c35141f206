import type { ReceivedMessage } from "./message";
import { keyOf, recordKey, type Webhook } from "./webhook";
import { orderTime, type WorkflowItem } from "./workflow";

/**
 * Maximum bytes of webhooks in one execution. A state holds at most 262,144 bytes; the rest is for the envelopes.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const EXECUTION_INPUT_BYTES = 200 * 1024;

/** Input of one execution. */
export interface Chunk {
  readonly messages: readonly { item: WorkflowItem; message: ReceivedMessage; position: number }[];
  /** Number of leading messages that these and their duplicates cover. */
  readonly covered: number;
}

/**
 * Returns the longest run of leading messages that fits one execution. A duplicate of a webhook in the chunk shares its
 * item; a replay begins the next chunk, since the workflow looks each record up once. An unreadable message ends the
 * chunk.
 */
export function takeChunk(
  messages: readonly ReceivedMessage[],
  decided: ReadonlySet<string>,
  most: number,
): Chunk {
  const taken: { item: WorkflowItem; message: ReceivedMessage; position: number }[] = [];
  const identities = new Map<string, string>();
  let bytes = 0;
  let covered = 0;

  for (const [position, message] of messages.entries()) {
    const { webhook } = message;
    if (!webhook) break;
    const key = recordKey(webhook.provider, keyOf(webhook));
    const isDuplicate = decided.has(identity(webhook)) || identities.get(key) === identity(webhook);
    if (!isDuplicate) {
      bytes += Buffer.byteLength(message.body);
      const full = taken.length === most || (taken.length > 0 && bytes > EXECUTION_INPUT_BYTES);
      if (identities.has(key) || full) break;
      const comparable = orderTime(webhook, message.receivedAt);
      const item = {
        ...webhook,
        recordKey: key,
        group: message.group,
        receivedAt: message.receivedAt,
        sequence: message.sequence,
        ...(comparable !== undefined && { orderTime: comparable }),
        ...(message.trace !== undefined && { trace: message.trace }),
      };
      taken.push({ item, message, position });
      identities.set(key, identity(webhook));
    }
    covered += 1;
  }
  return { messages: taken, covered };
}

/** Identifies a webhook within a batch: its record key and replay number. */
export function identity(webhook: Pick<Webhook, "provider" | "id" | "key" | "replay">): string {
  return `${webhook.provider}#${keyOf(webhook)}#${webhook.replay}`;
}
