import type { StoredRecord } from "../../functions/domain/record";

/** A webhook's record for those who read it: with its id and key, and 0 for an absent count. */
export interface WebhookRecord
  extends
    Pick<
      StoredRecord,
      "provider" | "type" | "status" | "receivedAt" | "attempts" | "failures" | "replay" | "operations"
    >,
    Partial<Pick<StoredRecord, (typeof OPTIONAL)[number]>> {
  /** Event id. */
  readonly id: string;
  /** Key of the webhook within its provider: the event id, or the id and what it is bound to. */
  readonly key: string;
  /** Names of consumers whose queues did not accept the event. */
  readonly undelivered?: readonly string[];
}

/** Attributes that a reader gets unchanged, if the record has them. */
const OPTIONAL = [
  "lastReceivedAt",
  "publishedAt",
  "failedAt",
  "deadLetteredAt",
  "time",
  "s3Key",
  "contentType",
  "group",
  "executionArn",
  "size",
  "receivedVia",
  "error",
] as const satisfies readonly (keyof StoredRecord)[];

/** Returns a record's provider and key within it. Providers' names hold no `#`. */
export function splitKey(recordKey: string): { provider: string; key: string } {
  const at = recordKey.indexOf("#");
  return { provider: recordKey.slice(0, at), key: recordKey.slice(at + 1) };
}

/** Returns what readers get of a record. */
export function toRecord(stored: Partial<StoredRecord>): WebhookRecord {
  const { provider, key } = splitKey(stored.pk ?? "");
  return {
    provider,
    id: stored.eventId ?? key,
    key,
    type: stored.type ?? "",
    status: stored.status ?? "received",
    receivedAt: stored.receivedAt ?? "",
    ...Object.fromEntries(
      OPTIONAL.flatMap((name) => (stored[name] === undefined ? [] : [[name, stored[name]]])),
    ),
    ...(stored.undelivered && { undelivered: [...stored.undelivered].sort() }),
    attempts: stored.attempts ?? 0,
    failures: stored.failures ?? 0,
    replay: stored.replay ?? 0,
    operations: stored.operations ?? [],
  };
}

/** The replay state of a record. */
export interface ReplayState {
  /** Replay number that the workflow processed last. */
  readonly replay: number;
  /** Highest replay number that was given out. */
  readonly lastReplay: number;
  /** Which run got which number: `<number>:<run>`. */
  readonly replays: readonly string[];
}

/** Returns the replay state of a record; none if there is no record. */
export function toReplayState(stored: Partial<StoredRecord> = {}): ReplayState {
  const { replay = 0, lastReplay = 0, replays = [] } = stored;
  return { replay, lastReplay, replays: [...replays] };
}
