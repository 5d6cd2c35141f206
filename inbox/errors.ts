/** The caller requested something that cannot be meant so; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a person reads of anything thrown: AWS's code if it has one, and the message. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  const text = error.message || (typeof code === "string" ? code : error.name);
  const generic = ["Error", "UsageError", "InterruptedError", "AggregateError"].includes(error.name);
  return generic ? text : `${error.name}: ${text}`;
}
