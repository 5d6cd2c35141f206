import { keyOf, type Webhook } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import type { DeadLetterQueue } from "../dead-letters";
import { noteOperation } from "../records/note";
import { resetFailures } from "../records/reset-failures";
import type { DeadLetter } from "../dead-letter";
import { sendInOrder, type SendingResult } from "./in-order";

/** What redriving needs of the outside. */
export interface RedrivePorts {
  /** Resets what the record counts of failures. */
  readonly resetFailures: (webhook: Webhook, letterId: string) => Promise<void>;
  /** Ends when the webhook is safely in the queue. */
  readonly resend: (letter: DeadLetter) => Promise<void>;
  /** Notes on the record that its webhook was redriven. */
  readonly note: (webhook: Webhook, at: string) => Promise<void>;
  readonly remove: (letter: DeadLetter) => Promise<void>;
}

/** Redriving on a deployed inbox. @param queue that the dead letters were read from */
export function redrivePorts(inbox: Inbox, queue: DeadLetterQueue): RedrivePorts {
  return {
    resetFailures: (webhook, letterId) => resetFailures(inbox, webhook, letterId),
    resend: (letter) => queue.resend(letter),
    note: (webhook, at) => noteOperation(inbox, webhook.provider, keyOf(webhook), { kind: "redrive", at }),
    remove: (letter) => queue.remove(letter),
  };
}

export interface Redrive {
  /** By arrival. */
  readonly letters: readonly DeadLetter[];
  /** Webhooks per second. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly onSent: () => void;
}

/**
 * Sends letters back, group by group in order of arrival. A letter is removed only after its webhook is in the queue; a
 * redrive that dies in between sends it again under the same deduplication id.
 */
export function redrive(
  { letters, rate, signal, onSent }: Redrive,
  ports: RedrivePorts,
): Promise<SendingResult<readonly DeadLetter[]>> {
  return sendInOrder({
    items: onceEach(letters),
    groupOf: ([letter]) => letter?.group ?? "",
    rate,
    signal,
    onSent,
    async send(copies) {
      const [letter] = copies;
      if (!letter) return;
      const at = new Date().toISOString();
      if (letter.webhook) await ports.resetFailures(letter.webhook, letter.letterId);
      await ports.resend(letter);
      // Before the letter goes: what is redriven once more after a crash is noted once more, and never not at all.
      if (letter.webhook) await ports.note(letter.webhook, at);
      for (const copy of copies) await ports.remove(copy);
    },
  });
}

/** A letter lies there twice where SQS moved what the processor had parked already, or a move was interrupted. */
function onceEach(letters: readonly DeadLetter[]): readonly (readonly DeadLetter[])[] {
  const byId = new Map<string, DeadLetter[]>();
  for (const letter of letters) {
    const copies = byId.get(letter.letterId);
    if (copies) copies.push(letter);
    else byId.set(letter.letterId, [letter]);
  }
  return [...byId.values()];
}
