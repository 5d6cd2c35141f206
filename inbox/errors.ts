/** Thrown if the caller requested something invalid; the message says what would be valid. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Returns the message that a person reads for anything thrown: AWS's error code, if it has one, and the message. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  const text = error.message || (typeof code === "string" ? code : error.name);
  const generic = ["Error", "UsageError", "InterruptedError", "AggregateError"].includes(error.name);
  return generic ? text : `${error.name}: ${text}`;
}
