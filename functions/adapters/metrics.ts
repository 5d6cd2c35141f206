import type { LogLine, ProcessedLine, ReceivedLine, ReconciledLine } from "../domain/log-line";
import { isOperatorsMistake } from "../domain/secret-problem";

const COUNT = "Count";

/** Metric of requests to a provider without a usable secret; a single one raises an alarm. */
export const SECRET_UNUSABLE = "SecretUnusable";

/** Metric of webhooks that a consumer's queue permanently rejected; a single one raises an alarm. */
export const UNDELIVERED = "Undelivered";

/** Metric of missing events that their provider no longer returns; a single one raises an alarm. */
export const UNRECOVERABLE = "Unrecoverable";

/**
 * Metric of reconciliation runs that could not compare or found the provider's endpoint disabled; one raises an alarm.
 */
export const RECONCILE_FAILED = "ReconcileFailed";

/** Metric of the seconds for which the processing of a provider has been paused; a day raises an alarm. */
export const PAUSED_SECONDS = "PausedSeconds";

/** Units of the metrics that are not counts. */
const UNITS: Readonly<Record<string, string>> = { Latency: "Milliseconds", [PAUSED_SECONDS]: "Seconds" };

/** Metrics that are also summed over all providers, so that one alarm covers them. */
const SUMMED = [SECRET_UNUSABLE, UNDELIVERED, UNRECOVERABLE, RECONCILE_FAILED, PAUSED_SECONDS];

/** Reasons for rejections other than signatures, by status code. */
const REASONS: Readonly<Record<number, string>> = {
  400: "malformed",
  404: "unknown_provider",
  413: "too_large",
};

/**
 * Returns the metrics to embed in a log line (CloudWatch embedded metric format): no call, no library. Dimensions are
 * the provider and one of a dozen rejection reasons or the index of the matched secret; never a value from a request.
 * @param now milliseconds since the epoch
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsOf(
  line: LogLine,
  namespace: string | undefined,
  now: number,
): Readonly<Record<string, unknown>> {
  const counted = namespace === undefined ? undefined : count(line, now);
  if (!counted) return {};
  const { values, by } = counted;
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [
            ["Provider"],
            ...Object.keys(by).map((name) => ["Provider", name]),
            ...(SUMMED.some((name) => name in values) ? [[]] : []),
          ],
          Metrics: Object.keys(values).map((Name) => ({
            Name,
            Unit: UNITS[Name] ?? COUNT,
          })),
        },
      ],
    },
    Provider: ("provider" in line ? line.provider : undefined) ?? "unknown",
    ...by,
    ...values,
  };
}

interface Counted {
  readonly values: Readonly<Record<string, number>>;
  /** Additional dimensions, each combined with the provider. */
  readonly by: Readonly<Record<string, string>>;
}

/** Secrets from this index on are counted together: every one that occurs is billed as a metric. */
const MAX_SECRET_INDEX = 4;

/** Returns the dimension with the index of the matched secret; it shows whether an old secret can be retired. */
function bySecret({ secretIndex: index }: ReceivedLine): Counted["by"] {
  if (index === undefined || index < 0) return {};
  return { SecretIndex: index < MAX_SECRET_INDEX ? String(index) : `${MAX_SECRET_INDEX} or more` };
}

function count(line: LogLine, now: number): Counted | undefined {
  if (line.event === "webhook.received") return received(line);
  if (line.event === "webhook.processed") return processed(line, now);
  // Add zero: the alarm can then distinguish a provider that sent nothing from a check that did not run.
  if (line.event === "provider.expected") return { values: { Accepted: 0, Duplicate: 0 }, by: {} };
  if (line.event === "provider.paused") return { values: { [PAUSED_SECONDS]: line.seconds }, by: {} };
  if (line.event === "webhook.undelivered")
    return { values: { [UNDELIVERED]: 1 }, by: { Consumer: line.consumer } };
  if (line.event === "reconcile.ran") return reconciled(line);
  if (line.event === "reconcile.failed" && line.failing) return { values: { [RECONCILE_FAILED]: 1 }, by: {} };
  return undefined;
}

function reconciled({ missing, recovered, unrecoverable, off, unknownSince }: ReconciledLine): Counted {
  const failed = off !== undefined || unknownSince !== undefined;
  return {
    values: {
      Missing: missing,
      Recovered: recovered,
      ...(unrecoverable > 0 && { [UNRECOVERABLE]: unrecoverable }),
      ...(failed && { [RECONCILE_FAILED]: 1 }),
    },
    by: {},
  };
}

function received(line: ReceivedLine): Counted | undefined {
  const { status, reason, outcome } = line;
  if (status === 503 && isOperatorsMistake(reason))
    return { values: { [SECRET_UNUSABLE]: 1 }, by: { Reason: reason } };
  if (status === 503) return { values: { Unavailable: 1 }, by: {} };
  if (status >= 400) return { values: { Rejected: 1 }, by: { Reason: reason ?? REASONS[status] ?? "other" } };
  if (outcome === "new") return { values: { Accepted: 1 }, by: bySecret(line) };
  return outcome === "duplicate" ? { values: { Duplicate: 1 }, by: bySecret(line) } : undefined;
}

function processed({ status, receivedAt, replay }: ProcessedLine, now: number): Counted | undefined {
  switch (status) {
    case "published": {
      const latency = now - Date.parse(receivedAt);
      // The latency of a replay counts from its request, not from the webhook's receipt.
      const measured = replay === 0 && latency >= 0;
      return { values: { Published: 1, ...(measured && { Latency: latency }) }, by: {} };
    }
    case "filtered":
      return { values: { Filtered: 1 }, by: {} };
    case "failed":
      return { values: { Failed: 1 }, by: {} };
    case "duplicate":
    case "held":
    case undefined:
      return undefined;
  }
}
