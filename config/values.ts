import { z } from "zod";

/** Checks a text by a pattern; the message says what is allowed. */
export const text = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);

/** Checks that a number is whole and within limits. */
export function wholeNumber(least: number, most: number) {
  const allowed = `allowed are whole numbers from ${least} to ${most}`;
  return z.int(allowed).min(least, allowed).max(most, allowed);
}

export const trueOrFalse = z.boolean("allowed are true and false");
