/** Thrown if a signal ended the command: exit code 130, as shells give it for SIGINT. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  constructor(message = "Interrupted.") {
    super(message);
  }
}

/** Exit code of a program that was ended by SIGINT, as shells give it. */
export const INTERRUPTED = 130;

/**
 * Milliseconds within which a second signal counts as the same: a terminal sends it to npm and tsx, too, which pass it
 * on.
 */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs work that can be stopped cleanly: the first Ctrl-C (or SIGTERM) aborts the signal and the work puts
 * things back; a later one ends the process at once. Exit code 130 if it was interrupted.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const interrupt = () => {
    firstAt ??= Date.now();
    if (!controller.signal.aborted) controller.abort(new InterruptedError());
    else if (Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(INTERRUPTED);
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    const result = await work(controller.signal);
    if (controller.signal.aborted) process.exitCode = INTERRUPTED;
    return result;
  } catch (error) {
    throw controller.signal.aborted ? new InterruptedError() : error;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
