import { recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import type { DeadLetter } from "../dead-letter";
import { DeadLetterQueue } from "../dead-letters";
import { UsageError } from "../errors";
import type { StoredWebhook } from "../records/select";
import { inOrderOfArrival } from "./replay";
import { ReplaySelection } from "./replay-selection";

/** Reads the events that EventBridge could not deliver, for one command. Call {@link close} in a `finally`. */
export class UndeliveredEvents {
  readonly #queue: DeadLetterQueue;
  #events: readonly DeadLetter[] = [];

  /** @throws UsageError if the stack was deployed before there was a queue of undelivered events */
  constructor(private readonly inbox: Inbox) {
    const url = inbox.outputs.undelivered_queue_url;
    if (url === undefined)
      throw new UsageError("This stack has no queue of undelivered events: deploy it again.");
    this.#queue = new DeadLetterQueue(inbox, undefined, url);
  }

  /**
   * Returns the webhooks of the events, each once, in order of arrival, and why others cannot be replayed.
   * @param rule name of the rule that could not deliver the events @default all rules
   */
  async webhooks(rule: string | undefined, signal: AbortSignal) {
    const { deadLetters } = await this.#queue.read({ spread: false, signal });
    this.#events = deadLetters;
    const selection = new ReplaySelection(this.inbox, signal);
    const found = new Map<string, StoredWebhook>();
    const lost: { readonly event: DeadLetter; readonly error: unknown }[] = [];
    for (const event of deadLetters.filter((one) => rule === undefined || one.rule === rule)) {
      const { webhook } = event;
      if (webhook && found.has(recordKey(webhook.provider, webhook.id))) continue;
      try {
        if (!webhook) throw new Error("It is no event of a webhook.");
        for (const stored of await selection.one(webhook.provider, webhook.id))
          found.set(recordKey(stored.provider, stored.id), stored);
      } catch (error) {
        signal.throwIfAborted();
        lost.push({ event, error });
      }
    }
    return { found: inOrderOfArrival([...found.values()]), lost };
  }

  /**
   * Removes the events of webhooks that were replayed, of every rule, since each rule gets the replay. Returns how many
   * were removed.
   */
  async remove(replayed: readonly StoredWebhook[]): Promise<number> {
    const keys = new Set(replayed.map(({ provider, id }) => recordKey(provider, id)));
    const theirs = this.#events.filter(
      ({ webhook }) => webhook && keys.has(recordKey(webhook.provider, webhook.id)),
    );
    for (const event of theirs) await this.#queue.remove(event);
    return theirs.length;
  }

  /** Makes the events that were read and not removed visible to other readers at once. */
  close(): Promise<void> {
    return this.#queue.close();
  }
}
