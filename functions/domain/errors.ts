/**
 * Reports that a required service failed (down, throttled, timed out, permission missing). Not the webhook's fault: the
 * provider is asked to retry, the processor waits longer.
 */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  /**
   * @param service what was called, e.g. `SQS SendMessage`
   * @param options.cause the error of the call, for the log only
   */
  constructor(
    readonly service: string,
    options: { cause: unknown },
  ) {
    super(`${service} failed: ${describeError(options.cause)}`, options);
  }
}

/** Returns name and message of anything thrown, for logs and records; never for the answer to a provider. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return String(error);
}
