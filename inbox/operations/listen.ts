import { inOrder, type Arrival } from "../records/arrivals";
import type { WebhookRecord } from "../records/record";
import { recordKey } from "../../functions/domain/webhook";
import type { Forwarded } from "./forward";
import type { Follower } from "./follow";

/** External calls that listening needs. */
export interface ListenPorts {
  /** Reads records by their primary keys; leaves out records that are gone. */
  readonly records: (keys: readonly string[]) => Promise<ReadonlyMap<string, WebhookRecord>>;
  /** Returns whether a webhook is to be delivered. */
  readonly matches: (webhook: WebhookRecord) => Promise<boolean>;
  /** Forwards a webhook; never rejects. */
  readonly forward: (webhook: WebhookRecord) => Promise<Forwarded>;
  readonly onDelivered: (result: Forwarded, webhook: WebhookRecord) => void;
  /** @param skipped number of the backlog's webhooks that are not delivered, the oldest ones */
  readonly onSkipped: (skipped: number) => void;
  /** Stores where listening continues. */
  readonly save: (cursor: Cursor) => void;
  /** Returns the time, milliseconds since the epoch. */
  readonly now: () => number;
}

/** Where listening continues after it was ended. */
export interface Cursor {
  /** Time of receipt before which every webhook is done, RFC 3339. */
  readonly from: string;
  /** Webhooks that were received since then and are done. */
  readonly done: readonly Arrival[];
}

export interface ListenOptions {
  /** Whether a webhook that the handler does not accept is retried, while the later ones of its group wait. */
  readonly hold: boolean;
  /** Maximum number of webhooks that the first read delivers. */
  readonly maxBacklog: number;
}

/** Milliseconds until a webhook is retried: the first time, and at most. */
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/**
 * Milliseconds for which the record of a webhook in the index can be missing: both are read with eventual consistency.
 */
const RECORD_WAIT_MS = 30_000;

interface Waiting extends Arrival {
  readonly since: number;
  readonly webhook?: WebhookRecord;
}

/** Delivers a follower's webhooks: each once, and those of a group in order. */
export class Listening {
  /** Webhooks that are not delivered yet, in the order of arrival. */
  #waiting: Waiting[] = [];
  readonly #done = new Map<string, string>();
  /** Groups whose first webhook was not accepted. */
  readonly #held = new Map<string, { readonly attempts: number; readonly retryAt: number }>();
  #first = true;
  /** The webhook that was delivered last, accepted or not. */
  last: WebhookRecord | undefined;

  constructor(
    private readonly follower: Follower,
    private readonly options: ListenOptions,
    private readonly ports: ListenPorts,
  ) {
    for (const one of follower.seen) this.#end(one);
  }

  /** Looks for new webhooks and delivers what can be delivered. */
  async turn(signal: AbortSignal): Promise<void> {
    this.#take(await this.follower.next());
    await this.#read();
    const blocked = new Set<string>();
    for (const one of [...this.#waiting]) {
      if (signal.aborted) break;
      const { webhook } = one;
      if (!webhook) continue;
      const group = webhook.group ?? webhook.provider;
      const held = this.#held.get(group);
      if (blocked.has(group) || (held && held.retryAt > this.ports.now())) {
        blocked.add(group);
        continue;
      }
      if (!(await this.#deliver(one, webhook, group))) blocked.add(group);
    }
    this.#save();
  }

  /** Delivers the last webhook once more, and retries all waiting ones at the next turn. */
  async again(): Promise<void> {
    for (const [group, { attempts }] of this.#held) this.#held.set(group, { attempts, retryAt: 0 });
    const { last } = this;
    const waits = this.#waiting.some(({ webhook }) => webhook && last && keyOf(webhook) === keyOf(last));
    if (last && !waits) this.ports.onDelivered(await this.ports.forward(last), last);
  }

  #take(fresh: readonly Arrival[]): void {
    const since = this.ports.now();
    const skipped = this.#first ? Math.max(0, fresh.length - this.options.maxBacklog) : 0;
    if (skipped > 0) this.ports.onSkipped(skipped);
    for (const one of fresh.slice(0, skipped)) this.#end(one);
    this.#waiting.push(...fresh.slice(skipped).map((one) => ({ ...one, since })));
    this.#waiting.sort(inOrder);
    this.#first = false;
  }

  /** Reads the records of new webhooks, and drops webhooks that are not to be delivered. */
  async #read(): Promise<void> {
    const unread = this.#waiting.filter(({ webhook }) => !webhook);
    if (unread.length === 0) return;
    const records = await this.ports.records(unread.map(({ key }) => key));
    const read = await Promise.all(
      unread.map(async (one): Promise<Waiting | undefined> => {
        const webhook = records.get(one.key);
        if (!webhook) return this.ports.now() - one.since > RECORD_WAIT_MS ? undefined : one;
        return (await this.ports.matches(webhook)) ? { ...one, webhook } : undefined;
      }),
    );
    const after = new Map(unread.map((one, index) => [one, read[index]]));
    this.#waiting = this.#waiting.flatMap((one) => {
      const found = after.has(one) ? after.get(one) : one;
      if (!found) this.#end(one);
      return found ? [found] : [];
    });
  }

  /** @returns whether the next webhook of the group may follow */
  async #deliver(one: Waiting, webhook: WebhookRecord, group: string): Promise<boolean> {
    const result = await this.ports.forward(webhook);
    this.last = webhook;
    this.ports.onDelivered(result, webhook);
    if (result.accepted || result.final || !this.options.hold) {
      this.#held.delete(group);
      this.#waiting = this.#waiting.filter((other) => other !== one);
      this.#end(one);
      return true;
    }
    const attempts = (this.#held.get(group)?.attempts ?? 0) + 1;
    const wait = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
    this.#held.set(group, { attempts, retryAt: this.ports.now() + wait });
    return false;
  }

  #end({ key, receivedAt }: Arrival): void {
    this.#done.set(key, receivedAt);
  }

  #save(): void {
    const first = this.#waiting[0]?.receivedAt;
    const read = new Date(this.follower.from).toISOString();
    const from = first !== undefined && first < read ? first : read;
    for (const [key, receivedAt] of this.#done) if (receivedAt < from) this.#done.delete(key);
    this.ports.save({ from, done: [...this.#done].map(([key, receivedAt]) => ({ key, receivedAt })) });
  }
}

const keyOf = ({ provider, key }: WebhookRecord): string => recordKey(provider, key);
