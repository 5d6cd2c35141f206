import * as pulumi from "@pulumi/pulumi";
import { functionMetric, ownMetric, queueMetric, type Metric } from "./alarm-metrics";
import { FIVE_MINUTES, type AlarmRule, type AlarmRules } from "./alarm-rule";
import { providerRules } from "./provider-alarm-rules";
import type { Stages } from "./stages";

/**
 * Period of reconciliation alarms, in seconds; longer than most schedules, so that an alarm stays raised between runs.
 */
const HOUR = 3_600;

/**
 * Age of the oldest message, in seconds, that raises an alarm; longer than the 15 minutes that a message waits in an
 * outage.
 */
const MAX_MESSAGE_AGE_SECONDS = 1_800;

/**
 * Fraction of the account's concurrency that raises an alarm.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html
 */
const NEARLY_ALL = 0.8;

/**
 * Returns the rules of an inbox's alarms, by the part of their names.
 * @param accountConcurrency maximum concurrent invocations of all the account's functions together
 */
export function alarmRules(stages: Stages, accountConcurrency: pulumi.Input<number>): AlarmRules {
  return {
    ...queueRules(stages),
    ...requestRules(stages),
    ...concurrencyRules(stages, accountConcurrency),
    ...failureRules(stages),
    ...busRules(stages),
    ...providerRules(stages),
    ...consumerRules(stages),
    ...reconcileRules(stages),
  };
}

function queueRules({ queue, bus }: Stages): AlarmRules {
  return {
    "dead-letters": {
      description:
        "There are dead-lettered webhooks. Fix the cause that the console shows, then redrive them.",
      metric: queueMetric(queue.deadLetterQueueArn, "ApproximateNumberOfMessagesVisible"),
    },
    "undelivered-events": {
      description:
        "A target of the bus rejected events. See webhooks status for the rule and why, then webhooks replay --undelivered.",
      metric: queueMetric(bus.undeliveredQueueArn, "ApproximateNumberOfMessagesVisible"),
    },
    "message-age": {
      description:
        "The oldest message has waited too long: a service fails, or one group arrives faster than it is processed.",
      metric: queueMetric(queue.queueArn, "ApproximateAgeOfOldestMessage"),
      above: MAX_MESSAGE_AGE_SECONDS,
    },
  };
}

function requestRules(stages: Stages): AlarmRules {
  return {
    "ingestion-5xx": {
      description: "Requests were answered 5xx: storage or queue unavailable. Providers retry.",
      metric: {
        namespace: "AWS/ApiGateway",
        metricName: "5XXError",
        dimensions: { ApiName: stages.api.apiName, Stage: stages.api.stageName },
        statistic: "Sum",
      },
      above: 5,
      period: FIVE_MINUTES,
    },
    "secret-unusable": {
      description:
        "A provider's secret is missing or malformed. See webhooks status, store it with webhooks secrets add, then release the quarantined requests with webhooks rejected release.",
      metric: ownMetric(stages, "SecretUnusable", {}),
    },
    "provider-paused": {
      description:
        "The processing of a provider has been paused for more than a day. See webhooks status, then webhooks resume.",
      metric: { ...ownMetric(stages, "PausedSeconds", {}), statistic: "Maximum" },
      above: LONG_PAUSE_SECONDS,
      period: FIVE_MINUTES,
    },
    "throttled-requests": {
      description: "The API answered 429: requests exceed throttleRateLimit.",
      metric: ownMetric(stages, "Throttled", {}),
      period: FIVE_MINUTES,
    },
  };
}

/** Length of a pause that raises an alarm, in seconds. */
const LONG_PAUSE_SECONDS = 86_400;

function concurrencyRules(
  { ingest, processor, recovery }: Stages,
  accountConcurrency: pulumi.Input<number>,
): AlarmRules {
  const throttled = (fn: { readonly functionName: pulumi.Output<string> }): AlarmRule => ({
    description:
      "Lambda throttled an invocation. Raise the account's concurrency, or the function's reserved concurrency.",
    metric: functionMetric(fn, "Throttles"),
  });
  return {
    "ingest-throttled": throttled(ingest),
    "process-throttled": throttled(processor),
    "recover-throttled": throttled(recovery),
    "account-concurrency": {
      description:
        "The account's functions take four fifths of its Lambda concurrency. Request a quota increase, or lower this stack's concurrency.",
      metric: {
        namespace: "AWS/Lambda",
        metricName: "ClaimedAccountConcurrency",
        dimensions: {},
        statistic: "Maximum",
      },
      above: pulumi.output(accountConcurrency).apply((account) => Math.floor(account * NEARLY_ALL)),
    },
  };
}

function failureRules({ processor, recovery, workflow }: Stages): AlarmRules {
  const executions = (metricName: string): Metric => ({
    namespace: "AWS/States",
    metricName,
    dimensions: { StateMachineArn: workflow.stateMachineArn },
    statistic: "Sum",
  });
  return {
    "process-errors": {
      description:
        "The processing function failed or timed out. SQS delivers its webhooks again; each delivery uses one of three receives.",
      metric: functionMetric(processor, "Errors"),
      period: FIVE_MINUTES,
    },
    "recover-errors": {
      description:
        "The recovery function fails: processing is neither paused nor resumed in an outage, and dead letters get no status.",
      metric: functionMetric(recovery, "Errors"),
      above: 2,
      period: FIVE_MINUTES,
    },
    "workflow-failed": {
      description: "Executions of the workflow failed as a whole. Their webhooks are retried.",
      metric: executions("ExecutionsFailed"),
      above: 5,
      period: FIVE_MINUTES,
    },
    "workflow-timed-out": {
      description: "Executions of the workflow timed out.",
      metric: executions("ExecutionsTimedOut"),
      above: 5,
      period: FIVE_MINUTES,
    },
  };
}

function busRules({ bus }: Stages): AlarmRules {
  return {
    "events-without-rule": {
      description: "Events matched no provider's rule, only the catch-all.",
      metric: {
        namespace: "AWS/Events",
        metricName: "MatchedEvents",
        dimensions: { EventBusName: bus.busName, RuleName: bus.unmatchedRuleName },
        statistic: "Sum",
      },
    },
  };
}

function consumerRules(stages: Stages): AlarmRules {
  const { consumers } = stages;
  if (consumers.length === 0) return {};
  const own = consumers.flatMap((consumer): [string, AlarmRule][] => [
    [
      `consumer-${consumer.consumerName}-dead-letters`,
      {
        description: `Events for the consumer ${consumer.consumerName} are in its dead-letter queue. Fix what rejects them, then send them again: webhooks dlq redrive --consumer ${consumer.consumerName}.`,
        runbook: "consumer-dead-letters",
        metric: queueMetric(consumer.deadLetterQueueArn, "ApproximateNumberOfMessagesVisible"),
      },
    ],
    [
      `consumer-${consumer.consumerName}-message-age`,
      {
        description: `Events for the consumer ${consumer.consumerName} wait long. SQS deletes them after 14 days.`,
        runbook: "consumer-message-age",
        metric: queueMetric(consumer.queueArn, "ApproximateAgeOfOldestMessage"),
        above: MAX_MESSAGE_AGE_SECONDS,
      },
    ],
  ]);
  return {
    ...Object.fromEntries(own),
    "undelivered-to-consumers": {
      description:
        "A consumer's queue is gone, or denies access: events went to the others and to the bus. See webhooks consumers list, fix it, then send them again with webhooks replay --consumer.",
      metric: ownMetric(stages, "Undelivered", {}),
    },
  };
}

function reconcileRules(stages: Stages): AlarmRules {
  const { reconciliation } = stages;
  if (!reconciliation) return {};
  return {
    "reconcile-failed": {
      description:
        "A provider's events cannot be compared, or it has switched the endpoint off. webhooks doctor says which; reconcile.failed in the function's log says why.",
      metric: ownMetric(stages, "ReconcileFailed", {}),
      period: HOUR,
    },
    "reconcile-errors": {
      description: "The reconciliation function crashed or timed out: missing events are not recovered.",
      metric: functionMetric(reconciliation, "Errors"),
      above: 2,
      period: FIVE_MINUTES,
    },
    unrecoverable: {
      description:
        "Webhooks did not arrive, and their providers do not give the events any more. reconcile.event in the reconciliation function's log names them.",
      metric: ownMetric(stages, "Unrecoverable", {}),
      period: HOUR,
    },
  };
}
