import type { Claim } from "../../functions/domain/ingest-ports";
import type { StoredRecord } from "../../functions/domain/record";
import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";
import type { Clock } from "./clock";

/** What the simulation keeps of a record. */
export type Item = Partial<
  Pick<
    StoredRecord,
    "status" | "replay" | "doneReplay" | "failures" | "redrivenDeadLetter" | "attempts" | "expiresAt"
  >
>;

/** As the default of the deployment. */
const RETENTION_SECONDS = 90 * 86_400;

/** The DynamoDB table, with the updates of functions/adapters/records.ts and of the workflow's transaction. */
export class Table {
  readonly items = new Map<string, Item>();

  constructor(private readonly clock: Clock) {}

  /**
   * Keeps every field that is there and counts the attempt; the old item distinguishes new from duplicate. An erased one stays
   * as it is.
   */
  claim({ key, webhook, receivedAt }: Claim): "new" | "duplicate" | "erased" {
    const old = this.items.get(key);
    const now = secondsOf(receivedAt);
    const live = old && (old.expiresAt === undefined || old.expiresAt > now) ? old : undefined;
    if (live?.status === "erased") return "erased";
    this.items.set(key, {
      status: "received",
      replay: webhook.replay,
      expiresAt: now + RETENTION_SECONDS,
      ...live,
      attempts: (live?.attempts ?? 0) + 1,
    });
    return live ? "duplicate" : "new";
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
    const expiresAt = secondsOf(this.clock.now) + RETENTION_SECONDS;
    this.items.set(key, { ...old, status, replay, expiresAt, ...end });
  }

  /** Whether the workflow takes the webhook for a duplicate: it is done, and its record has not expired. */
  isDuplicate(item: Item | undefined, replay: number): boolean {
    return (item?.expiresAt ?? 0) > secondsOf(this.clock.now) && isDone(item, replay);
  }
}

/** Published or filtered, this replay of it or a later one. */
function isDone(item: Item | undefined, replay: number): boolean {
  return item?.doneReplay !== undefined && item.doneReplay >= replay;
}

function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
