/** What is known of a webhook's delivery to a consumer. */
export type DeliveryState = {
  /** An operator discards one that failed and would be tried again. */
  readonly status: "failed" | "delivered" | "dead_lettered" | "discarded";
  /** Attempts so far. */
  readonly attempts: number;
  /** Begin of the last attempt, RFC 3339. */
  readonly at: string;
  readonly durationMs: number;
  /** Status code and first kilobyte of the last answer. */
  readonly statusCode?: number;
  readonly answer?: string;
  /** Why there was no answer. */
  readonly error?: string;
  /** When it is tried again, RFC 3339. */
  readonly nextAt?: string;
};
