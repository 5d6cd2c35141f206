/**
 * Seconds between one attempt and the next: ten attempts in about 16 hours, so that a consumer which is down for a night
 * gets all. The schedule of Standard Webhooks, of which each wait fits into the 12 hours that SQS hides a message.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
const SCHEDULE = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800] as const;

/**
 * Longest wait where failures block: an hour, since a whole group waits, and what repairs the consumer is not seen earlier.
 */
const LONGEST_BLOCKED = 3_600;

/** Attempts of a consumer that says nothing else. */
export const DEFAULT_MAX_ATTEMPTS = SCHEDULE.length + 1;

/** Share by which a wait is longer or shorter, so that webhooks that failed together do not come back together. */
const JITTER = 0.2;

/** Least and most seconds of a `Retry-After` that are observed. */
const LEAST_RETRY_AFTER = 1;
const MOST_RETRY_AFTER = 6 * 3_600;

/**
 * Seconds until the next attempt.
 * @param attempts attempts so far, from 1; after the last of the schedule its longest wait is repeated
 * @param retryAfter what the consumer asked for, in seconds; it is kept also where the schedule is shorter
 * @param random from 0 to 1
 * @param blocks whether it is tried until it is delivered, and those behind it wait
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
 * Seconds that a `Retry-After` header asks for, as a number or as a date; undefined for what is neither.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1_000);
}
