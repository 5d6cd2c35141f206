import type { GroupPorts } from "./group-ports";
import { processGroup } from "./process-group";
import type { ReceivedMessage } from "./message";

/**
 * Processes a batch of the queue: groups side by side, each in its own order.
 * @returns ids of the messages that the queue shall deliver again; the others are done
 */
export async function processBatch(
  messages: readonly ReceivedMessage[],
  ports: GroupPorts,
): Promise<readonly string[]> {
  const groups = new Map<string, ReceivedMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.group);
    if (group) group.push(message);
    else groups.set(message.group, [message]);
  }
  const unprocessed = await Promise.all([...groups.values()].map((group) => processGroup(group, ports)));
  return unprocessed.flat().map((message) => message.messageId);
}
