import type { Webhook } from "./webhook";

/** Possible statuses of a webhook in the table. */
export const STATUSES = ["received", "published", "filtered", "failed", "dead_lettered", "erased"] as const;
export type Status = (typeof STATUSES)[number];

/**
 * `doneReplay` of an erased webhook, above every replay number: the workflow therefore treats every message of it that
 * is still in the queue as a duplicate and publishes none.
 */
export const ERASED_REPLAY = Number.MAX_SAFE_INTEGER;

/** Kinds of operations by a person, or by the recovery function, on a webhook. */
export const OPERATION_KINDS = ["replay", "redrive", "release", "discard", "erase"] as const;

/** An operation on a webhook, however it was started. */
export interface Operation {
  readonly kind: (typeof OPERATION_KINDS)[number];
  /** Time of the operation, RFC 3339. */
  readonly at: string;
  /** Number of the replay. */
  readonly replay?: number;
  /** Operating-system user who discarded the dead letter or erased the webhook. */
  readonly by?: string;
  /** Reason for the operation. */
  readonly reason?: string;
  /** Consumer of the replay or of the dead letter, if it concerns only one. */
  readonly consumer?: string;
}

/**
 * The record of a webhook, with the attributes of the table's item. Times are RFC 3339. Ingestion, workflow,
 * processing, recovery and replays each write a part, so a reader may find any attribute absent.
 */
export interface StoredRecord {
  /** Primary key, see `recordKey`. */
  readonly pk: string;
  readonly status: Status;
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  /** Time of the event by the provider's clock. */
  readonly time: string;
  readonly receivedAt: string;
  readonly lastReceivedAt: string;
  readonly publishedAt: string;
  readonly failedAt: string;
  readonly deadLetteredAt: string;
  readonly s3Key: string;
  /** Absent if a signed request delivered it. */
  readonly receivedVia: NonNullable<Webhook["receivedVia"]>;
  /** Size of the payload, in bytes. */
  readonly size: number;
  readonly contentType: string;
  /** Message group. */
  readonly group: string;
  /** Number of requests by the provider for this webhook. */
  readonly attempts: number;
  /** Number of processing failures since the last redrive. */
  readonly failures: number;
  readonly error: { readonly code: string; readonly message: string };
  /** ARN of the execution that wrote the status. */
  readonly executionArn: string;
  /** Number of the last replay that was processed; 0 for the provider's own request. */
  readonly replay: number;
  /** Highest replay number that was published or filtered. */
  readonly doneReplay: number;
  /** Highest number of a replay to a single consumer that was sent. */
  readonly doneOnly: number;
  /** Names of consumers whose queues permanently rejected the webhook. */
  readonly undelivered: ReadonlySet<string>;
  /** Highest replay number that was assigned. */
  readonly lastReplay: number;
  /** Replay numbers by run, as `<number>:<run>`. */
  readonly replays: ReadonlySet<string>;
  /** Message id of the dead letter that was last redriven. */
  readonly redrivenDeadLetter: string;
  readonly operations: readonly Operation[];
  /** Partition of the index of recent webhooks. */
  readonly recent: string;
  /** Partition of the index of unresolved webhooks; absent if the webhook neither failed nor is dead-lettered. */
  readonly unresolved: string;
  /** Seconds since the epoch at which DynamoDB removes the record. */
  readonly expiresAt: number;
}

/** Remainder of an erased webhook, so that another attempt by its provider counts as a duplicate. */
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

/** Item that documents an erasure without naming the webhooks. It does not expire. */
export interface StoredErasure {
  /** Primary key, `_erasure#<when>-<random>`. */
  readonly pk: string;
  /** Partition of the index of recent webhooks that contains only erasures. */
  readonly recent: string;
  /** Start of the erasure, RFC 3339; sort key of the index. */
  readonly receivedAt: string;
  readonly by: string;
  readonly reason: string;
  /** End of the erasure, RFC 3339; absent until then. */
  readonly finishedAt?: string;
  readonly webhooks: number;
  /** Number of objects that were removed; absent until the end. */
  readonly objects?: number;
  readonly deadLetters?: number;
  readonly quarantined?: number;
}

/** Item of a message group, written only by the workflow: the newest time of its events by the provider's clock. */
export interface StoredGroup extends Pick<StoredRecord, "pk" | "expiresAt"> {
  /** Time of the newest event, RFC 3339. */
  readonly newest: string;
}
