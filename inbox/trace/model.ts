import type { Operation } from "../../functions/domain/record";
import type { WebhookRecord } from "../records/record";
import type { ConsumerDelivery } from "./deliveries";

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
    | "consumer"
    | "dead-letter"
    | Operation["kind"];
  /** Time of the step, RFC 3339. */
  readonly at: string;
  readonly title: string;
  readonly tone: Tone;
  /** Facts that are known of the step, by name. */
  readonly facts: Readonly<Record<string, string>>;
  /** The execution that did it, one of the trace's. */
  readonly executionArn?: string;
}

/** Name of the fact that says how a duplicate differs from the request that made the webhook. */
export const DIFFERENCE = "differs from the first";

/** One visit of an execution to a state. Data is JSON text as Step Functions recorded it. */
export interface StateVisit {
  readonly name: string;
  readonly type: string;
  readonly enteredAt: string;
  /** When it was left, failed, or its execution ended; absent while it runs. */
  readonly exitedAt?: string;
  readonly input?: string;
  readonly output?: string;
  /** What a task was called with, and what it answered. */
  readonly arguments?: string;
  readonly result?: string;
  /** Variables that the state assigned. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Attempts after the first. */
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

/** An event as it was published to the bus. */
export interface PublishedEvent {
  /** Time of publishing, RFC 3339. */
  readonly at: string;
  /** JSON text of the whole event. */
  readonly json: string;
  /**
   * Whether the log keeps the event's data, or the event refers to it; otherwise `data` is missing in {@link
   * PublishedEvent.json}.
   */
  readonly hasPayload: boolean;
  /** Names of the bus's rules that match the event. */
  readonly rules: readonly string[];
}

/** Everything known of one webhook. */
export interface Trace {
  readonly webhook: WebhookRecord;
  /** Steps in the order of time. */
  readonly steps: readonly Step[];
  /** Executions in the order of time. */
  readonly executions: readonly Execution[];
  readonly events: readonly PublishedEvent[];
  /** What became of it at each consumer, by their names. */
  readonly deliveries: readonly ConsumerDelivery[];
  /** Ids of its X-Ray traces. */
  readonly xrayTraceIds: readonly string[];
  /** What could not be read, and why; empty if everything was read. */
  readonly gaps: readonly string[];
}

/** Returns elapsed milliseconds; undefined if there is no end yet. */
export function durationMs(from: string, to: string | undefined): number | undefined {
  return to === undefined ? undefined : Date.parse(to) - Date.parse(from);
}

/** Formats a duration, such as `42 ms`, `3.1 s`, `12 min` or `5 h`. */
export function elapsed(ms: number | undefined): string {
  if (ms === undefined) return "still running";
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
