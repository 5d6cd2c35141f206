import { z } from "zod";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECONDS = { m: MINUTE, h: HOUR, d: DAY } as const;

/** Periods of an alarm that is raised if no webhook arrives. */
export interface Silence {
  readonly periodSeconds: number;
  readonly periods: number;
}

/**
 * Returns the periods of an alarm on silence of this duration, such as `6h`; undefined if no alarm can watch it. AWS
 * allows at most a day in periods below an hour, and seven days in longer ones.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function silenceOf(text: string): Silence | undefined {
  const [, amount, unit] = /^([1-9]\d*)([mhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (SECONDS[unit as keyof typeof SECONDS] ?? Number.NaN);
  const periodSeconds = seconds <= DAY ? 5 * MINUTE : HOUR;
  const periods = seconds / periodSeconds;
  return seconds <= 7 * DAY && Number.isInteger(periods) ? { periodSeconds, periods } : undefined;
}

const ALLOWED =
  "allowed are 5m to 24h in steps of five minutes, and up to 7d in steps of an hour, such as 30m, 6h or 3d: CloudWatch looks back no further";

/** Longest usual time without a webhook from a provider. */
export const expectEvery = z.string(ALLOWED).refine((text) => silenceOf(text) !== undefined, ALLOWED);
