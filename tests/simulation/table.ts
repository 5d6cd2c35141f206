import type { Claim } from "../../functions/domain/ingest-ports";
import type { Status } from "../../functions/domain/record";
import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";

export interface Item {
  readonly status?: Status;
  readonly replay?: number;
  /** The highest replay number that is through. */
  readonly doneReplay?: number;
  readonly failures?: number;
  /** The last dead letter of it that was redriven. */
  readonly redrivenDeadLetter?: string;
  readonly attempts?: number;
  /** Only the claim and the workflow set it; an item without it is not live. */
  readonly expires?: true;
}

/** The DynamoDB table, with the updates of functions/adapters/records.ts and of the workflow's transaction. Nothing in it expires. */
export class Table {
  readonly items = new Map<string, Item>();

  /** Keeps every field that is there and counts the attempt; the old item distinguishes new from duplicate. */
  claim({ key, webhook }: Claim): "new" | "duplicate" {
    const old = this.items.get(key);
    this.items.set(key, {
      status: "received",
      replay: webhook.replay,
      expires: true,
      ...old,
      attempts: (old?.attempts ?? 0) + 1,
    });
    return old === undefined ? "new" : "duplicate";
  }

  /** Answers how often the webhook has failed, or 1 where the condition keeps the item as it is. */
  recordFailure(webhook: Webhook, transient: boolean): number {
    const key = recordKey(webhook.provider, keyOf(webhook));
    const old = this.items.get(key);
    if (isDone(old, webhook.replay)) return 1;
    const failures = (old?.failures ?? 0) + (transient ? 0 : 1);
    this.items.set(key, { ...old, status: "failed", failures });
    return failures;
  }

  /** Answers whether it did: the condition keeps what is done as it is. */
  recordDeadLettered(webhook: Webhook): boolean {
    const key = recordKey(webhook.provider, keyOf(webhook));
    const old = this.items.get(key);
    if (isDone(old, webhook.replay)) return false;
    this.items.set(key, { ...old, status: "dead_lettered" });
    return true;
  }

  /** As functions/adapters/records.ts does. */
  noteRedrive(webhook: Webhook, messageId: string): "noted" | "through" | "failed" {
    const key = recordKey(webhook.provider, keyOf(webhook));
    const old = this.items.get(key);
    if (isDone(old, webhook.replay)) return "through";
    if ((old?.failures ?? 0) > 0) return "failed";
    if (old && old.redrivenDeadLetter !== messageId) {
      this.items.set(key, { ...old, status: "received", redrivenDeadLetter: messageId });
    }
    return "noted";
  }

  /** One update of the workflow's transaction; it has no condition. */
  recordOutcome(
    key: string,
    status: "published" | "filtered" | "failed",
    replay: number,
    transient: boolean,
  ): void {
    const old = this.items.get(key);
    const failures = (old?.failures ?? 0) + (transient ? 0 : 1);
    const end = status === "failed" ? { failures } : { doneReplay: replay };
    this.items.set(key, { ...old, status, replay, expires: true, ...end });
  }
}

/** Published or filtered, this replay of it or a later one. */
export function isDone(item: Item | undefined, replay: number): boolean {
  return item?.doneReplay !== undefined && item.doneReplay >= replay;
}
