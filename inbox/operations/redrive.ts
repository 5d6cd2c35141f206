import { keyOf } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import type { DeadLetterQueue } from "../dead-letters";
import { noteOperation } from "../records/note";
import { resetFailures } from "../records/reset-failures";
import type { DeadLetter, DeadLetteredWebhook } from "../dead-letter";
import { sendInOrder, type SendingResult } from "./in-order";

/** External calls that a redrive needs. */
export interface RedrivePorts {
  /** Resets the failure count of the record, unless the failures were a consumer's. */
  readonly resetFailures: (webhook: DeadLetteredWebhook, messageId: string) => Promise<void>;
  /** Queues the dead letter's message again; resolves when it is safely in the queue. */
  readonly resend: (deadLetter: DeadLetter) => Promise<void>;
  /** Notes on the record that its webhook was redriven. */
  readonly note: (webhook: DeadLetteredWebhook, at: string) => Promise<void>;
  readonly remove: (deadLetter: DeadLetter) => Promise<void>;
}

/** Returns the ports for redriving on a deployed inbox. @param queue queue that the dead letters were read from */
export function redrivePorts(inbox: Inbox, queue: DeadLetterQueue): RedrivePorts {
  const { consumer } = queue;
  return {
    resetFailures: async (webhook, messageId) => {
      if (consumer === undefined) await resetFailures(inbox, webhook, messageId);
    },
    resend: (deadLetter) => queue.resend(deadLetter),
    note: (webhook, at) =>
      noteOperation(inbox, webhook.provider, keyOf(webhook), {
        kind: "redrive",
        at,
        ...(consumer !== undefined && { consumer }),
      }),
    remove: (deadLetter) => queue.remove(deadLetter),
  };
}

export interface Redrive {
  /** Dead letters in order of arrival. */
  readonly deadLetters: readonly DeadLetter[];
  /** Webhooks per second. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly onSent: () => void;
}

/**
 * Redrives dead letters, group by group in order of arrival. A dead letter is removed only after its webhook is in the
 * queue; if a redrive is interrupted in between, the next one sends it again under the same deduplication id.
 */
export function redrive(
  { deadLetters, rate, signal, onSent }: Redrive,
  ports: RedrivePorts,
): Promise<SendingResult<readonly DeadLetter[]>> {
  return sendInOrder({
    items: onceEach(deadLetters),
    groupOf: ([deadLetter]) => deadLetter?.group ?? "",
    rate,
    signal,
    onSent,
    async send(copies) {
      const [deadLetter] = copies;
      if (!deadLetter) return;
      const at = new Date().toISOString();
      if (deadLetter.webhook) await ports.resetFailures(deadLetter.webhook, deadLetter.messageId);
      await ports.resend(deadLetter);
      // Notes it before the deletion, so that a crash leads to a second note rather than to none.
      if (deadLetter.webhook) await ports.note(deadLetter.webhook, at);
      for (const copy of copies) await ports.remove(copy);
    },
  });
}

/**
 * Groups copies of one dead letter, which exist if SQS moved a message that the processor had already dead-lettered, or
 * a move was interrupted.
 */
function onceEach(deadLetters: readonly DeadLetter[]): readonly (readonly DeadLetter[])[] {
  const byId = new Map<string, DeadLetter[]>();
  for (const deadLetter of deadLetters) {
    const copies = byId.get(deadLetter.messageId);
    if (copies) copies.push(deadLetter);
    else byId.set(deadLetter.messageId, [deadLetter]);
  }
  return [...byId.values()];
}
