import { describeError } from "./errors";
import type { GroupPorts } from "./group-ports";
import { CALL_MS, within } from "./group-time";
import type { ReceivedMessage } from "./message";
import { giveBack, patiently, processOrHold, type PausePorts, type PauseState } from "./pause";

/**
 * Processes a batch of the queue: groups in parallel, each in its own order. Holds webhooks of a paused provider.
 * @returns ids of the messages that the queue shall deliver again; the others are done
 */
export async function processBatch(
  messages: readonly ReceivedMessage[],
  ports: GroupPorts & PausePorts,
): Promise<readonly string[]> {
  const groups = new Map<string, ReceivedMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.group);
    if (group) group.push(message);
    else groups.set(message.group, [message]);
  }
  const pauses = await readPauses(messages, ports);
  const unprocessed = await Promise.all(
    [...groups.values()].map((group) =>
      pauses instanceof Map
        ? processOrHold(group, pauses, ports)
        : giveBack(group, { code: "PausesUnreadable", message: pauses }, ports),
    ),
  );
  return unprocessed.flat().map((message) => message.messageId);
}

/**
 * Reads the pauses, again for every batch: with an older state, a webhook would overtake held ones.
 * @returns the pauses, or why they cannot be read
 */
async function readPauses(
  messages: readonly ReceivedMessage[],
  ports: GroupPorts & PausePorts,
): Promise<Map<string, PauseState> | string> {
  try {
    return new Map(await patiently(messages, () => ports.pauses.read(within(CALL_MS, ports)), ports));
  } catch (error) {
    return describeError(error);
  }
}
