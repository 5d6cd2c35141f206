/** What a webhook in the table can be. */
export const STATUSES = ["received", "published", "filtered", "failed", "dead_lettered"] as const;
export type Status = (typeof STATUSES)[number];

/** What a person, or the recovery function, can do to a webhook. */
export const OPERATION_KINDS = ["replay", "redrive", "release"] as const;

/** What was done to a webhook, whichever way it was started. */
export interface Operation {
  readonly kind: (typeof OPERATION_KINDS)[number];
  /** RFC 3339. */
  readonly at: string;
  /** Number of the replay. */
  readonly replay?: number;
}
