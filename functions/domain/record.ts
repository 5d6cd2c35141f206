import type { Webhook } from "./webhook";

/** What a webhook in the table can be. */
export const STATUSES = ["received", "published", "filtered", "failed", "dead_lettered", "erased"] as const;
export type Status = (typeof STATUSES)[number];

/**
 * `doneReplay` of an erased webhook, above every number that a replay can have: the workflow takes each message of it that is
 * still under way for a duplicate, and publishes none.
 */
export const ERASED_REPLAY = Number.MAX_SAFE_INTEGER;

/** What a person, or the recovery function, can do to a webhook. */
export const OPERATION_KINDS = ["replay", "redrive", "release", "discard", "erase"] as const;

/** What was done to a webhook, whichever way it was started. */
export interface Operation {
  readonly kind: (typeof OPERATION_KINDS)[number];
  /** RFC 3339. */
  readonly at: string;
  /** Number of the replay. */
  readonly replay?: number;
  /** Who discarded its dead letter or erased it: the user of the machine. */
  readonly by?: string;
  /** Why that was done. */
  readonly reason?: string;
  /** The one consumer that it was for, or whose dead letter it was. */
  readonly consumer?: string;
}

/**
 * The record of a webhook, attribute by attribute as the table has it. Times are RFC 3339.
 * Ingestion, workflow, processing, recovery and replays each write a part, so a reader finds any of it absent.
 */
export interface StoredRecord {
  /** Primary key, see `recordKey`. */
  readonly pk: string;
  readonly status: Status;
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  /** When it happened by the provider's clock. */
  readonly time: string;
  readonly receivedAt: string;
  readonly lastReceivedAt: string;
  readonly publishedAt: string;
  readonly failedAt: string;
  readonly deadLetteredAt: string;
  readonly s3Key: string;
  /** Absent where a signed request brought it. */
  readonly receivedVia: NonNullable<Webhook["receivedVia"]>;
  /** Bytes of the payload. */
  readonly size: number;
  readonly contentType: string;
  /** Message group. */
  readonly group: string;
  /** Requests of the provider for this webhook. */
  readonly attempts: number;
  /** Failures of processing since the last redrive. */
  readonly failures: number;
  readonly error: { readonly code: string; readonly message: string };
  /** Of the execution that wrote the status. */
  readonly executionArn: string;
  /** Number of the replay that was processed last; 0 for what the provider sent. */
  readonly replay: number;
  /** Highest number of a replay that was published or filtered. */
  readonly doneReplay: number;
  /** Highest number of a replay to one consumer that was sent. */
  readonly doneOnly: number;
  /** Names of consumers whose queues never took it. */
  readonly undelivered: ReadonlySet<string>;
  /** Highest number of a replay that was given out. */
  readonly lastReplay: number;
  /** Which run got which number of a replay: `<number>:<run>`. */
  readonly replays: ReadonlySet<string>;
  /** Message id of the dead letter that was redriven last. */
  readonly redrivenDeadLetter: string;
  readonly operations: readonly Operation[];
  /** Partition of the index of recent webhooks. */
  readonly recent: string;
  /** Partition of the index of unresolved webhooks; absent if it neither failed nor is dead-lettered. */
  readonly unresolved: string;
  /** Seconds since the epoch at which DynamoDB removes it. */
  readonly expiresAt: number;
}

/** What stays of an erased webhook, so that its provider's next attempt at it is a duplicate. */
export type Tombstone = Pick<
  StoredRecord,
  | "pk"
  | "status"
  | "provider"
  | "eventId"
  | "receivedAt"
  | "recent"
  | "doneReplay"
  | "doneOnly"
  | "operations"
  | "expiresAt"
>;

/** Item that says that webhooks were erased, and not which. It does not expire. */
export interface StoredErasure {
  /** `_erasure#<when>-<random>`. */
  readonly pk: string;
  /** Partition of the index of recent webhooks that erasures have for themselves. */
  readonly recent: string;
  /** When it began, RFC 3339: the index is sorted by it. */
  readonly receivedAt: string;
  readonly by: string;
  readonly reason: string;
  /** RFC 3339; absent until it is through. */
  readonly finishedAt?: string;
  readonly webhooks: number;
  /** What it removed; absent until it is through. */
  readonly objects?: number;
  readonly deadLetters?: number;
  readonly quarantined?: number;
}

/** Item of a message group, which only the workflow writes: how far its events have come by their provider's clock. */
export interface StoredGroup extends Pick<StoredRecord, "pk" | "expiresAt"> {
  /** RFC 3339. */
  readonly newest: string;
}
