import type { Status } from "../../functions/domain/webhook";

/** One webhook as its record tells it. Times are RFC 3339. */
export interface WebhookRecord {
  readonly provider: string;
  /** Event id. */
  readonly id: string;
  /** What it is known by within its provider: the id, or the id and what it is bound to. */
  readonly key: string;
  readonly type: string;
  readonly status: Status | "rejected";
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
  /** Requests of the sender for this webhook. */
  readonly attempts: number;
  /** Failures of processing since the last redrive. */
  readonly failures: number;
  /** Number of the replay that was processed last; 0 for what the sender sent. */
  readonly replay: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly executionArn?: string;
  /** What people did to it. */
  readonly operations: readonly Operation[];
}

/** A deliberate act of a person. */
export interface Operation {
  readonly kind: "replay" | "redrive";
  readonly at: string;
  /** Number of the replay. */
  readonly replay?: number;
}

export type Tone = "good" | "bad" | "neutral";

/** One thing that happened to a webhook. */
export interface Step {
  readonly kind:
    | "request"
    | "stored"
    | "queued"
    | "attempt"
    | "published"
    | "delivered"
    | "dead-letter"
    | "redrive"
    | "replay";
  /** RFC 3339. */
  readonly at: string;
  readonly title: string;
  readonly tone: Tone;
  /** What is known of it, by name. */
  readonly facts: Readonly<Record<string, string>>;
  /** The execution that did it, one of the trace's. */
  readonly executionArn?: string;
}

/** Name of the fact of a step that tells how a duplicate differs from the request that made the webhook. */
export const DIFFERENCE = "differs from the first";

/** One visit of an execution to a state. Data is JSON text as Step Functions recorded it. */
export interface StateVisit {
  readonly name: string;
  readonly type: string;
  readonly enteredAt: string;
  readonly exitedAt?: string;
  readonly input?: string;
  readonly output?: string;
  /** What a task was called with, and what it answered. */
  readonly arguments?: string;
  readonly result?: string;
  /** Variables that the state assigned. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Tries after the first. */
  readonly retries: number;
  readonly error?: { readonly code: string; readonly message: string };
  /** Place in the items of the innermost Map around it, from 0. */
  readonly iteration?: number;
}

/** One run of the workflow over a batch that held the webhook. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly input?: string;
  readonly output?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly states: readonly StateVisit[];
}

/** An event as the bus took it. */
export interface PublishedEvent {
  /** RFC 3339. */
  readonly at: string;
  /** JSON text of the whole event. */
  readonly json: string;
  /** Rules of the bus that it matches. */
  readonly rules: readonly string[];
}

/** Everything known of one webhook. */
export interface Trace {
  readonly webhook: WebhookRecord;
  /** In the order of time. */
  readonly steps: readonly Step[];
  /** In the order of time. */
  readonly executions: readonly Execution[];
  readonly events: readonly PublishedEvent[];
  /** Ids of its X-Ray traces. */
  readonly xrayTraceIds: readonly string[];
  /** What could not be read, and why; empty when all was. */
  readonly gaps: readonly string[];
}

/** Elapsed milliseconds, or undefined while it lasts. */
export function durationMs(from: string, to: string | undefined): number | undefined {
  return to === undefined ? undefined : Date.parse(to) - Date.parse(from);
}

/** `42 ms`, `3.1 s`, `12 min`, `5 h`. */
export function elapsed(ms: number | undefined): string {
  if (ms === undefined) return "still running";
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
