/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;
export const MINUTES_PER_DAY = 1_440;
