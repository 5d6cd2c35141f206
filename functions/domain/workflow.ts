import { cleanText } from "./characters";
import type { Webhook } from "./webhook";

/** One webhook in the workflow's input. */
export interface WorkflowItem extends Webhook {
  /** Primary key of the webhook's record. */
  readonly recordKey: string;
  /** Message group of the webhook. */
  readonly group: string;
  /** Time at which the webhook was received, RFC 3339. */
  readonly receivedAt: string;
  /** Sequence number of its message: its order within the group. */
  readonly sequence: string;
  /** {@link Webhook.time} if it may be compared with the times of the group's other events; see {@link orderTime}. */
  readonly orderTime?: string;
  /** Header of the trace in which it was received. */
  readonly trace?: string;
}

/**
 * Milliseconds by which a provider's clock may be ahead of this one; most schemes tolerate as much for signed times.
 */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/**
 * Returns the time by which an event is compared with others of its group. Undefined if the time is not signed, or if
 * it is far ahead of the receive time: every later event would count as older.
 */
export function orderTime(
  { time, timeUnsigned }: Pick<Webhook, "time" | "timeUnsigned">,
  receivedAt: string,
): string | undefined {
  if (time === undefined || timeUnsigned) return undefined;
  return Date.parse(time) <= Date.parse(receivedAt) + CLOCK_TOLERANCE_MS ? time : undefined;
}

export interface WebhookError {
  readonly code: string;
  readonly message: string;
}

/** A consumer whose queue permanently rejected a webhook. */
export type Undelivered = {
  readonly consumer: string;
  readonly error: WebhookError;
};

/**
 * What the workflow did with one webhook.
 * - `published`, `filtered`: processed and recorded. `duplicate`: was processed before. For a published webhook,
 *   `consumers` names those it is for, and `undelivered` those among them whose queues rejected it.
 * - `failed`: could not be processed. `transient` marks a service's failure, not the webhook's own. `attempts` is the
 *   number of failures, including this one.
 * - `held`: not processed, because it is behind a failed webhook of its group.
 */
export type Outcome =
  | {
      readonly status: "published";
      readonly consumers?: readonly string[];
      readonly undelivered?: readonly Undelivered[];
    }
  | { readonly status: "filtered" | "duplicate" | "held" }
  | {
      readonly status: "failed";
      readonly error: WebhookError;
      readonly transient: boolean;
      readonly attempts: number;
    };

/** One run of the workflow over an ordered batch. Outcomes are in the order of the items. */
export type WorkflowRun =
  | { readonly status: "succeeded"; readonly executionArn: string; readonly outcomes: readonly Outcome[] }
  /**
   * The execution failed as a whole: its answer has HTTP 200 and a status other than SUCCEEDED, or no answer arrived in
   * time ({@link EXECUTION_TIMED_OUT}). In the latter case it may still be running, and its ARN is unknown.
   */
  | { readonly status: "failed"; readonly executionArn?: string; readonly error: WebhookError };

/** Error code of an execution that did not end in time. */
export const EXECUTION_TIMED_OUT = "States.Timeout";

/** Maximum length of a recorded reason, in code points. */
const MAX_REASON_LENGTH = 2_000;

/**
 * Returns the reason in a cause from Step Functions. The cause begins with the whole expression: "The JSONata
 * expression '...' specified for the field '...' threw an error during evaluation", then ". " or ": " and the reason.
 * @see https://github.com/floci-io/floci/pull/2783 for 101 causes as AWS writes them
 */
export function reasonOf(cause: string): string {
  const [, reason] = /threw an error during evaluation[.:]? *([\s\S]+)$/.exec(cause) ?? [];
  return cleanText(reason ?? cause, MAX_REASON_LENGTH);
}

/**
 * Errors of a whole execution that the webhooks in it cause (a state grew past 256 KiB, an expression failed where
 * no Catch reaches). Every other error is a service's.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const CAUSED_BY_INPUT = new Set([
  "States.DataLimitExceeded",
  "States.QueryEvaluationError",
  "States.Runtime",
]);

export function isCausedByInput(error: WebhookError): boolean {
  return CAUSED_BY_INPUT.has(error.code);
}
