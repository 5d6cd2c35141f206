import type { Operation, Status } from "../../functions/domain/record";

/** The record of a webhook. Times are RFC 3339. */
export interface WebhookRecord {
  readonly provider: string;
  /** Event id. */
  readonly id: string;
  /** What it is known by within its provider: the id, or the id and what it is bound to. */
  readonly key: string;
  readonly type: string;
  readonly status: Status;
  readonly receivedAt: string;
  readonly lastReceivedAt?: string;
  readonly publishedAt?: string;
  readonly failedAt?: string;
  readonly deadLetteredAt?: string;
  /** When it happened by the provider's clock. */
  readonly time?: string;
  readonly s3Key?: string;
  /** Bytes of the payload. */
  readonly size?: number;
  readonly contentType?: string;
  readonly group?: string;
  /** Requests of the provider for this webhook. */
  readonly attempts: number;
  /** Failures of processing since the last redrive. */
  readonly failures: number;
  /** Number of the replay that was processed last; 0 for what the provider sent. */
  readonly replay: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly executionArn?: string;
  /** What people did to it. */
  readonly operations: readonly Operation[];
}
