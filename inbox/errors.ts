/** The command was given wrongly: exit code 2, with what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command ended by a signal: exit code 130, as a shell makes of SIGINT. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  constructor(message = "Interrupted.") {
    super(message);
  }
}

/** What a person reads of anything thrown: AWS's code where it has one, and the message. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  const text = error.message || (typeof code === "string" ? code : error.name);
  const generic = ["Error", "UsageError", "InterruptedError", "AggregateError"].includes(error.name);
  return generic ? text : `${error.name}: ${text}`;
}
