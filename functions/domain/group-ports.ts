import type { ReceivedMessage } from "./message";
import type { Webhook } from "./webhook";
import type { WebhookError, WorkflowItem, WorkflowRun } from "./workflow";

/** A failure of one webhook, as it is recorded and parked. */
export interface Failure {
  readonly error: WebhookError;
  readonly executionArn?: string;
  readonly tries: number;
}

/** How long a call is waited for. */
export interface CallLimit {
  readonly timeoutMs: number;
}

/** What processing needs of the outside. */
export interface GroupPorts {
  /**
   * Runs the workflow and waits for it. Rejects where the call itself failed: then it may or may not have run.
   * Every port gives up after its limit, which the processor makes smaller than the time that it has left.
   */
  readonly workflow: { run(items: readonly WorkflowItem[], limit?: CallLimit): Promise<WorkflowRun> };
  readonly queue: {
    /** Makes the messages visible again after so many seconds, instead of the queue's own timeout. */
    retryAfter(messages: readonly ReceivedMessage[], seconds: number, limit?: CallLimit): Promise<void>;
  };
  readonly deadLetters: {
    park(message: ReceivedMessage, failure: Failure, limit?: CallLimit): Promise<void>;
  };
  readonly records: {
    /**
     * Records `failed` unless the webhook was published; answers how often it has failed by itself, this time included.
     * What a service did not do is no try of the webhook's.
     */
    recordFailure(
      webhook: Webhook,
      failure: Omit<Failure, "tries">,
      transient: boolean,
      limit?: CallLimit,
    ): Promise<number>;
    /** Records `dead_lettered` unless the webhook is published or filtered; answers false where it is. */
    recordDeadLettered(webhook: Webhook, failure: Failure, limit?: CallLimit): Promise<boolean>;
  };
  readonly breaker: {
    /** Asks for a pause of all processing until the services answer again. */
    open(reason: WebhookError): Promise<void>;
  };
  /** Receives after which the queue itself moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Milliseconds that are left for this batch. */
  readonly remainingMs: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}
