/** State of a webhook's delivery to a consumer. */
export type DeliveryState = {
  /** `discarded`: an operator discarded a failed delivery that would have been retried. */
  readonly status: "failed" | "delivered" | "dead_lettered" | "discarded";
  /** Attempts so far. */
  readonly attempts: number;
  /** Start of the last attempt, RFC 3339. */
  readonly at: string;
  readonly durationMs: number;
  /** Status code and first kilobyte of the last answer. */
  readonly statusCode?: number;
  readonly answer?: string;
  /** Why the last attempt got no answer. */
  readonly error?: string;
  /** Time of the next attempt, RFC 3339. */
  readonly nextAt?: string;
};
