/**
 * Seconds between two attempts: ten attempts in about 16 hours, so that a consumer that is down for a night misses
 * nothing. This is the schedule of Standard Webhooks; each wait fits into the 12 hours for which SQS can hide a
 * message.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
const SCHEDULE = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800] as const;

/**
 * Longest wait if failures block, in seconds: a whole group waits, and a repaired consumer is noticed only at the next
 * attempt.
 */
const LONGEST_BLOCKED = 3_600;

/** Default number of attempts of a consumer. */
export const DEFAULT_MAX_ATTEMPTS = SCHEDULE.length + 1;

/** Fraction by which a wait is longer or shorter, so that webhooks that failed together are not retried together. */
const JITTER = 0.2;

/** Minimum and maximum seconds of a `Retry-After` that are observed. */
const LEAST_RETRY_AFTER = 1;
const MOST_RETRY_AFTER = 6 * 3_600;

/**
 * Returns the seconds until the next attempt.
 * @param attempts attempts so far, from 1; after the end of the schedule its longest wait is repeated
 * @param retryAfter seconds that the consumer requested; they replace a shorter wait of the schedule, too
 * @param random from 0 to 1
 * @param blocks whether the webhook is retried until it is delivered while its group waits
 */
export function secondsUntilNext(
  attempts: number,
  retryAfter: number | undefined,
  random: number,
  blocks = false,
): number {
  if (retryAfter !== undefined)
    return Math.min(MOST_RETRY_AFTER, Math.max(LEAST_RETRY_AFTER, Math.ceil(retryAfter)));
  const planned = SCHEDULE[Math.min(attempts, SCHEDULE.length) - 1] ?? SCHEDULE[0];
  const wait = blocks ? Math.min(planned, LONGEST_BLOCKED) : planned;
  return Math.round(wait * (1 + JITTER * (2 * random - 1)));
}

/**
 * Parses the number or date of a `Retry-After` header into seconds; undefined if it is neither.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1_000);
}
