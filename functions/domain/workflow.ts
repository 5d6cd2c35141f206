import { cleanText } from "./characters";
import type { Webhook } from "./webhook";

/** One webhook in the workflow's input. */
export interface WorkflowItem extends Webhook {
  /** Primary key of its record. */
  readonly recordKey: string;
  /** Message group that it is ordered in. */
  readonly group: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  /** Sequence number of its message: order within the group. */
  readonly sequence: string;
  /** {@link Webhook.time} if it may be compared with the times of the group's other events; see {@link orderTime}. */
  readonly orderTime?: string;
  /** Header of the trace that it was received with. */
  readonly trace?: string;
}

/** Milliseconds that a provider's clock may be ahead of ours; signed times are given as much by most schemes. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/**
 * Returns the time by which an event is compared with others of its group: none if it is not signed, and none if it is far
 * ahead of the receive time, since every event behind it would count as older.
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

/** A consumer whose queue did not take a webhook, and never will as it is. */
export type Undelivered = {
  readonly consumer: string;
  readonly error: WebhookError;
};

/**
 * What the workflow did with one webhook.
 * - `published`, `filtered`: done and recorded; `duplicate`: was done before. `consumers` names those that a published
 *   one was for, and `undelivered` those of them that it did not reach.
 * - `failed`: could not be processed. `transient` marks a service's failure, as opposed to the webhook's own.
 *   `attempts` counts how often it has failed, this time included.
 * - `held`: in order, but behind a failed one; untouched.
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
   * The execution as a whole failed: its answer came with HTTP 200 and a status other than SUCCEEDED, or none arrived
   * in time ({@link EXECUTION_TIMED_OUT}): then it may run on, and its ARN is not known.
   */
  | { readonly status: "failed"; readonly executionArn?: string; readonly error: WebhookError };

/** Error code of an execution that was not through in time. */
export const EXECUTION_TIMED_OUT = "States.Timeout";

/** Maximum length of a recorded reason, in code points. */
const MAX_REASON_LENGTH = 2_000;

/**
 * Returns the reason in a cause of Step Functions. It begins with the whole expression: "The JSONata expression '...' specified
 * for the field '...' threw an error during evaluation", then ". " or ": " and the reason.
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
