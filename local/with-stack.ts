import { setTimeout as pause } from "node:timers/promises";
import { INTERRUPTED, isCompilerGone } from "./interrupted";
import { Progress } from "../terminal/progress";
import { startLocalStack, type LocalStack, type LocalStackOptions } from "./stack";

// Turn off a warning at each start: the functions run on Node 24, and this process only connects to loopback.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** Milliseconds within which Node.js reports a signal. */
const SIGNAL_MS = 200;

/**
 * Runs a command on a local stack of its own, and ends the stack in every case: the command ends, fails, or is
 * interrupted. Sets the exit code: the command's result, or 1 for an error.
 */
export async function withStack(
  options: Omit<LocalStackOptions, "onStep">,
  command: (stack: LocalStack, progress: Progress) => Promise<number>,
): Promise<void> {
  const progress = new Progress();
  let started: LocalStack | undefined;
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    progress.abandon();
    // A stack that is still starting is ended by its guard as soon as this process has exited.
    void Promise.resolve(started?.stop()).finally(() => process.exit(INTERRUPTED));
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    started = await startLocalStack({ ...options, onStep: progress.step });
    process.exitCode = await command(started, progress);
  } catch (error) {
    // Wait for the signal: at a Ctrl-C the compiler ends, too, and its error comes first. Report no error after an
    // interrupt.
    if (isCompilerGone(error)) await pause(SIGNAL_MS);
    if (interrupted) return;
    progress.abandon();
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    await started?.stop();
    progress.done();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
