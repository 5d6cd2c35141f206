import picocolors from "picocolors";

/**
 * Returns whether text for a stream is coloured: never with NO_COLOR, always with FORCE_COLOR, else on a terminal only.
 * picocolors' own rule also colours what goes into a pipe or a file if CI is set.
 * @see https://no-color.org
 */
export function coloured({ isTTY = false }: { readonly isTTY?: boolean }, env = process.env): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  return isTTY && env["TERM"] !== "dumb";
}

/** Colours for standard output. */
export const pc = picocolors.createColors(coloured(process.stdout));

/** Colours for standard error, which can be a terminal if standard output is not one, and vice versa. */
export const pcOnStderr = picocolors.createColors(coloured(process.stderr));
