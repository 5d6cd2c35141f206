/**
 * Ends a command silently if it is interrupted while it loads. Import this before everything else: later the command
 * has its own handlers, which end what it started.
 *
 * Ctrl-C goes to every process of the terminal's group, so also to the compiler behind `tsx`. The next file to be
 * loaded then fails, before Node.js reports the signal.
 */

/** Exit code that a shell reports for a program ended by SIGINT. */
export const INTERRUPTED = 130;

const end = () => process.exit(INTERRUPTED);

/** Returns whether an error says that the compiler is gone, which only a signal to the whole process group causes. */
export function isCompilerGone(error: unknown): boolean {
  return error instanceof Error && /The service (is no longer running|was stopped)/.test(error.message);
}

function failed(error: unknown): void {
  if (isCompilerGone(error)) end();
  console.error(error);
  process.exit(1);
}

process.once("SIGINT", end);
process.once("SIGTERM", end);
process.on("uncaughtException", failed);
process.on("unhandledRejection", failed);

/** Hands signals over to the command's own handlers. */
export function loaded(): void {
  process.off("SIGINT", end);
  process.off("SIGTERM", end);
}
