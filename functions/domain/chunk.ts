import { describeError } from "./errors";
import { parseWebhook, type ReceivedMessage } from "./message";
import { keyOf, recordKey, type Webhook } from "./webhook";
import { orderTime, type WorkflowItem } from "./workflow";

/**
 * Bytes of webhooks in one execution. A state holds 262,144 bytes, hard; the rest is room for the envelopes.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const EXECUTION_INPUT_BYTES = 200 * 1024;

/** What one execution is given. */
export interface Chunk {
  readonly messages: readonly { item: WorkflowItem; message: ReceivedMessage; position: number }[];
  /** Messages from the front that these and their twins cover. */
  readonly covered: number;
}

/**
 * The longest run of messages from the front that fits one execution. A twin (the same webhook once more in the batch)
 * rides with its first; a replay of a webhook in the chunk begins the next one, since the workflow looks each record
 * up once. A message that is none of ours ends the run.
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
    const webhook = tryParse(message);
    if (!webhook) break;
    const key = recordKey(webhook.provider, keyOf(webhook));
    const twin = decided.has(identity(webhook)) || identities.get(key) === identity(webhook);
    if (!twin) {
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

/** The webhook in a message; undefined if it holds none. */
export function tryParse(message: ReceivedMessage): Webhook | undefined {
  try {
    return parseWebhook(message.body);
  } catch {
    return undefined;
  }
}

/** Why a message holds no webhook. */
export function readError(message: ReceivedMessage): string {
  try {
    parseWebhook(message.body);
    return "";
  } catch (error) {
    return describeError(error);
  }
}

/** What a webhook of a batch is told from its others by: its record and the number of its replay. */
export function identity(webhook: Pick<Webhook, "provider" | "id" | "key" | "replay">): string {
  return `${webhook.provider}#${keyOf(webhook)}#${webhook.replay}`;
}
