import type { DeliveryState } from "./delivery-state";
import type { Fate } from "./reconcile-fate";
import type { Quarantined } from "./rejected";
import type { Outcome, Undelivered, WebhookError } from "./workflow";

/*
 * Every structured line of the functions' logs. Type aliases and not interfaces, so that each also is a record of
 * unknown values.
 */

/** What ingestion finds out about a request; a field is absent until that is known. */
export type RequestFacts = {
  readonly provider?: string;
  /** Values of headers that contain no signature or credential, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Code of the reason for a rejection. */
  readonly reason?: string;
  /** Details of a rejection, for the operator. */
  readonly detail?: string;
  readonly handshake?: true;
  /** Index of the secret that matched, newest first; -1 if the scheme signs nothing. */
  readonly secretIndex?: number;
  readonly id?: string;
  readonly key?: string | undefined;
  readonly type?: string;
  /** Message group. */
  readonly group?: string;
  /** Whether the message contains the payload. */
  readonly inline?: boolean;
  /** Why a request was not split although its provider is configured with `split`. */
  readonly notSplit?: string;
  /** Event ids of a request that was split. */
  readonly ids?: readonly string[];
  readonly outcome?: "new" | "duplicate";
  readonly error?: string;
} & Partial<Quarantined>;

/** One line per request. */
export type ReceivedLine = RequestFacts & {
  readonly event: "webhook.received";
  readonly requestId: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly sourceIp?: string | undefined;
  /** Status code of the response. */
  readonly status: number;
  /** Size of the body, in bytes. */
  readonly bytes: number;
  readonly durationMs: number;
};

/** One line per webhook and execution of the workflow. */
export type ProcessedLine = {
  readonly event: "webhook.processed";
  readonly provider: string;
  readonly id: string;
  readonly key?: string | undefined;
  readonly replay: number;
  /** When the webhook was received, RFC 3339. */
  readonly receivedAt: string;
  readonly executionArn?: string | undefined;
  /** X-Ray header when the line is logged; id of the trace when the line is read. */
  readonly trace?: string | undefined;
  /** Absent if the workflow gave no outcome. */
  readonly status?: Outcome["status"];
  readonly error?: WebhookError;
  readonly transient?: boolean;
  readonly attempts?: number;
  /** Names of the consumers that the webhook is for. */
  readonly consumers?: readonly string[];
  readonly undelivered?: readonly Undelivered[];
};

/** One line per consumer whose queue permanently rejected a webhook. */
export type UndeliveredLine = Undelivered &
  Pick<ProcessedLine, "provider" | "id" | "key" | "replay" | "executionArn"> & {
    readonly event: "webhook.undelivered";
  };

/** One line per run that compared a provider's events with the records. */
export type ReconciledLine = {
  readonly event: "reconcile.ran";
  readonly provider: string;
  /** Start of the compared range, RFC 3339; absent if nothing was compared. */
  readonly from?: string;
  readonly until?: string;
  readonly listed: number;
  readonly missing: number;
  readonly recovered: number;
  readonly unrecoverable: number;
  readonly notes: readonly string[];
  /** Why the provider sends nothing. */
  readonly off?: string;
  /** Start of a range that was not compared and no longer can be, RFC 3339. */
  readonly unknownSince?: string;
};

/**
 * One line per attempt at delivering a webhook to a consumer over HTTP, without the consumer's answer: it can contain
 * anything.
 */
export type DeliveryLine = Omit<DeliveryState, "answer"> &
  Pick<ProcessedLine, "provider" | "id" | "key" | "replay"> & {
    readonly event: "webhook.delivery";
    readonly consumer: string;
  };

/** An error whose code and message are fields of the line itself. */
type Reason = Pick<WebhookError, "code" | "message">;

type Identified = { readonly messageId: string; readonly provider: string; readonly id: string };

/** Lines of the functions, distinguished by `event`. */
export type LogLine =
  | ReceivedLine
  | ProcessedLine
  | UndeliveredLine
  | {
      readonly event: "webhook.dead_lettered";
      readonly messageId: string;
      readonly group: string;
      readonly error: WebhookError;
      readonly attempts: number;
      readonly executionArn?: string;
    }
  | {
      readonly event: "webhook.dead_letter_failed";
      readonly messageId: string;
      readonly group: string;
      readonly error: string;
    }
  | {
      readonly event: "webhook.record_failed";
      readonly id?: string;
      readonly messageId?: string;
      readonly group?: string;
      readonly error: string;
    }
  | ({
      readonly event: "inbox.probed";
      readonly provider: string;
      readonly id: string;
      readonly passed: boolean;
    } & Partial<Reason>)
  | ({ readonly event: "inbox.paused"; readonly since: string } & Reason)
  | { readonly event: "inbox.resumed"; readonly since: string }
  | ({ readonly event: "dead_letter.redriven" | "dead_letter.removed" } & Identified)
  | ({ readonly event: "dead_letter.redrive_failed"; readonly error: string } & Identified)
  | ({ readonly event: "dead_letter.seen" } & Identified & Reason)
  | {
      readonly event: "queue.retry_after_failed" | "breaker.open_failed" | "keys.stale";
      readonly error: string;
    }
  | DeliveryLine
  | { readonly event: "delivery.unavailable"; readonly consumer: string; readonly error: string }
  | { readonly event: "consumer.paused"; readonly consumer: string; readonly reason: string }
  /** Reports a provider without counting a webhook, so that its silence shows as zero and not as missing data. */
  | { readonly event: "provider.expected"; readonly provider: string }
  | ReconciledLine
  | {
      readonly event: "reconcile.event";
      readonly provider: string;
      readonly id: string;
      readonly type: string;
      /** Time of the event, RFC 3339. */
      readonly at: string;
      readonly fate: Fate;
    }
  | { readonly event: "reconcile.skipped"; readonly provider: string }
  | {
      readonly event: "reconcile.failed";
      readonly provider: string;
      readonly error: string;
      /** Whether the next run is expected to fail too. */
      readonly failing: boolean;
    }
  | { readonly event: "held.unavailable"; readonly group: string; readonly error: string }
  /** Logged every minute while the processing of a provider is paused. */
  | {
      readonly event: "provider.paused";
      readonly provider: string;
      readonly since: string;
      readonly reason?: string | undefined;
      readonly seconds: number;
    }
  | { readonly event: "provider.resumed"; readonly provider: string; readonly since: string }
  | { readonly event: "keys.limited"; readonly scheme: string }
  | { readonly event: "secrets.stale"; readonly provider: string; readonly error: string }
  | {
      readonly event: "secrets.short";
      readonly provider: string;
      readonly parameter: string;
      readonly atLeast: number;
    }
  | { readonly event: "secrets.learnt"; readonly provider: string; readonly parameter: string };

/** Writes one line. */
export type Log = (line: LogLine) => void;

/** Fields that each line read from a log must have; lines of earlier versions can lack the others. */
const REQUIRED = {
  "webhook.received": { receivedAt: "string", status: "number" },
  "webhook.processed": { provider: "string", id: "string", replay: "number" },
  "webhook.delivery": { consumer: "string", provider: "string", id: "string", replay: "number" },
} as const;

/** Kinds of lines that are read again. `trace` is the id of the X-Ray trace, which the log adds. */
export type ReadLine = (ReceivedLine & { readonly trace?: string }) | ProcessedLine | DeliveryLine;

/** Parses a line of this kind; undefined if it is of another kind. */
export function parseLogLine<E extends ReadLine["event"]>(
  json: Readonly<Record<string, unknown>>,
  event: E,
): Extract<ReadLine, { event: E }> | undefined {
  if (json.event !== event) return undefined;
  const isWhole = Object.entries(REQUIRED[event]).every(([field, type]) => typeof json[field] === type);
  return isWhole ? (json as Extract<ReadLine, { event: E }>) : undefined;
}
