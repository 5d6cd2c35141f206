import { PRICES } from "./prices";

/** Seconds of a month of 730 hours, as AWS's price calculator has it. */
export const SECONDS_PER_MONTH = 730 * 3_600;

/** Assumptions on everything that runs all the time. */
export const ASSUMED = {
  /**
   * Number of long polls of 20 seconds that the event source mapping has open on the queue. With a maximum concurrency
   * it keeps five.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
   */
  pollers: 5,
  pollSeconds: 20,
  /** Number of metrics for a provider's webhooks: accepted and duplicate, each also by secret; published; latency. */
  metricsPerProvider: 6,
  /** Number of metrics for each method that API Gateway counts with `detailedMetrics`. */
  metricsPerMethod: 5,
  /** Seconds, and calls to queues, of an invocation of the recovery function, which runs each minute. */
  recoverySeconds: 0.3,
  recoveryQueueCalls: 3,
} as const;

export interface Monthly {
  readonly providers: number;
  /** Number of alarms, without the one that each provider has. */
  readonly alarms: number;
  readonly detailedMetrics: boolean;
  /** Number of secrets that are in Secrets Manager and not in Parameter Store. */
  readonly secrets: number;
}

/** Returns dollars a month by part, which are due even without webhooks, without the free tier. */
export function costPerMonth({
  providers,
  alarms,
  detailedMetrics,
  secrets,
}: Monthly): Record<string, number> {
  const minutes = SECONDS_PER_MONTH / 60;
  // Adds one for the common path, which is a method, too.
  const methods = detailedMetrics ? providers + 1 : 0;
  const recovery =
    PRICES.lambdaRequest.dollars / 1_000_000 +
    ASSUMED.recoverySeconds * 0.25 * PRICES.lambdaArmSecond.dollars +
    (ASSUMED.recoveryQueueCalls * PRICES.sqsFifoRequest.dollars) / 1_000_000;
  return {
    dashboard: PRICES.dashboard.dollars,
    alarms: (alarms + providers) * PRICES.alarm.dollars,
    "custom metrics": providers * ASSUMED.metricsPerProvider * PRICES.metric.dollars,
    "detailed API metrics": methods * ASSUMED.metricsPerMethod * PRICES.metric.dollars,
    "polling of the queue":
      ((ASSUMED.pollers * SECONDS_PER_MONTH) / ASSUMED.pollSeconds / 1_000_000) *
      PRICES.sqsFifoRequest.dollars,
    "recovery function": minutes * recovery,
    "Parameter Store": 0,
    "Secrets Manager": secrets * PRICES.secret.dollars,
  };
}
