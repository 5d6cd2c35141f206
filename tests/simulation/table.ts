import type { Claim } from "../../functions/domain/ingest-ports";
import type { StoredRecord } from "../../functions/domain/record";
import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";
import type { Clock } from "./clock";

/** Fields of a record that the simulation needs. */
export type Item = Partial<
  Pick<
    StoredRecord,
    "status" | "replay" | "doneReplay" | "failures" | "redrivenDeadLetter" | "attempts" | "expiresAt"
  >
>;

/** Retention of records, in seconds: the default of the deployment. */
const RETENTION_SECONDS = 90 * 86_400;

/** The DynamoDB table, with the updates of functions/adapters/records.ts and of the workflow's transaction. */
export class Table {
  readonly items = new Map<string, Item>();

  constructor(private readonly clock: Clock) {}

  /**
   * Keeps the fields of an existing record, counts the attempt, and returns whether the webhook is new. Leaves an
   * erased record as it is.
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

  /** Returns how often the webhook has failed, or 1 if it is done already and the record stays as it is. */
  recordFailure(webhook: Webhook, transient: boolean): number {
    const key = recordKey(webhook.provider, keyOf(webhook));
    const old = this.items.get(key);
    if (isDone(old, webhook.replay)) return 1;
    const failures = (old?.failures ?? 0) + (transient ? 0 : 1);
    this.items.set(key, { ...old, status: "failed", failures });
    return failures;
  }

  /** Returns whether it changed the record, which stays as it is if the webhook is done already. */
  recordDeadLettered(webhook: Webhook): boolean {
    const key = recordKey(webhook.provider, keyOf(webhook));
    const old = this.items.get(key);
    if (isDone(old, webhook.replay)) return false;
    this.items.set(key, { ...old, status: "dead_lettered" });
    return true;
  }

  /** Does the same as functions/adapters/records.ts. */
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

  /** Makes one update of the workflow's transaction, without a condition. */
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

  /** Returns whether the webhook is a duplicate for the workflow: it is done, and its record has not expired. */
  isDuplicate(item: Item | undefined, replay: number): boolean {
    return (item?.expiresAt ?? 0) > secondsOf(this.clock.now) && isDone(item, replay);
  }
}

/** Returns whether this replay, or a later one, was published or filtered. */
function isDone(item: Item | undefined, replay: number): boolean {
  return item?.doneReplay !== undefined && item.doneReplay >= replay;
}

function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
