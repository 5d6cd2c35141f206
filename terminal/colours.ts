import picocolors from "picocolors";

/**
 * Whether text for a stream is coloured: never with NO_COLOR, always with FORCE_COLOR, else on a terminal only.
 * picocolors' own rule also colours what goes into a pipe or a file where CI is set.
 * @see https://no-color.org
 */
export function coloured({ isTTY = false }: { readonly isTTY?: boolean }, env = process.env): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  return isTTY && env["TERM"] !== "dumb";
}

/** Colours of what goes to standard output. */
export const pc = picocolors.createColors(coloured(process.stdout));

/** Colours of what goes to standard error, which may be a terminal where standard output is none, and the other way. */
export const pcOnStderr = picocolors.createColors(coloured(process.stderr));
