import type { Webhook } from "./webhook";

/** One webhook in the workflow's input. */
export interface WorkflowItem extends Webhook {
  /** Key of its record. */
  readonly key: string;
  /** Message group that it is ordered in. */
  readonly group: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  /** Sequence number of its message: order within the group. */
  readonly sequence: string;
  /** Header of the trace that it came in with. */
  readonly trace?: string;
}

export interface WebhookError {
  readonly code: string;
  readonly message: string;
}

/**
 * What the workflow did with one webhook.
 * - `published`, `filtered`: done and recorded; `duplicate`: was done before.
 * - `failed`: could not be processed. `transient` tells a service's failure from the webhook's own.
 *   `tries` counts how often it has failed, this time included.
 * - `held`: in order, but behind a failed one; untouched.
 */
export type Outcome =
  | { readonly status: "published" | "filtered" | "duplicate" | "held" }
  | {
      readonly status: "failed";
      readonly error: WebhookError;
      readonly transient: boolean;
      readonly tries: number;
    };

/** One run of the workflow over an ordered batch. Outcomes are in the order of the items. */
export type WorkflowRun =
  | { readonly status: "succeeded"; readonly executionArn: string; readonly outcomes: readonly Outcome[] }
  /** The execution as a whole failed: its answer came with HTTP 200 and a status other than SUCCEEDED. */
  | { readonly status: "failed"; readonly executionArn: string; readonly error: WebhookError };

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
