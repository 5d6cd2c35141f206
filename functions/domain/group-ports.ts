import type { Delivery } from "./message";
import type { Webhook } from "./webhook";
import type { WebhookError, WorkflowItem, WorkflowRun } from "./workflow";
import type { Log } from "./log-line";

/** A failure of one webhook. */
export interface Failure {
  readonly error: WebhookError;
  readonly executionArn?: string;
  readonly attempts: number;
}

/** Time limit of a call. */
export interface CallLimit {
  readonly timeoutMs: number;
}

/** Ports of the processing function. */
export interface GroupPorts {
  /**
   * Runs the workflow and waits for it. Rejects if the call itself failed; the workflow may have run nevertheless. Like
   * every port, it gives up at its limit, which the processor makes smaller than the time that it has left.
   */
  readonly workflow: { run(items: readonly WorkflowItem[], limit?: CallLimit): Promise<WorkflowRun> };
  readonly queue: {
    /** Makes the messages visible after this many seconds, instead of the queue's default. */
    retryAfter(messages: readonly Delivery[], seconds: number, limit?: CallLimit): Promise<void>;
  };
  readonly deadLetters: {
    send(message: Delivery, failure: Failure, limit?: CallLimit): Promise<void>;
  };
  readonly records: {
    /**
     * Records `failed` unless the webhook was published; returns how often it has failed, including this time.
     * Failures of services do not count.
     */
    recordFailure(
      webhook: Webhook,
      failure: Omit<Failure, "attempts">,
      transient: boolean,
      limit?: CallLimit,
    ): Promise<number>;
    /** Records `dead_lettered` unless the webhook is published or filtered; answers false if it is. */
    recordDeadLettered(webhook: Webhook, failure: Failure, limit?: CallLimit): Promise<boolean>;
  };
  readonly breaker: {
    /** Requests a pause of all processing until the services respond again. */
    open(reason: WebhookError): Promise<void>;
  };
  /** Maximum number of receives before SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Milliseconds left for this batch. */
  readonly remainingMs: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly log: Log;
}
