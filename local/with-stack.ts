import { setTimeout as pause } from "node:timers/promises";
import { INTERRUPTED, isCompilerGone } from "./interrupted";
import { Progress } from "../terminal/progress";
import { startLocalStack, type LocalStack, type LocalStackOptions } from "./stack";

// Not for our users to read at each start: the functions run on Node 24, and this process only talks to loopback.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** Milliseconds that Node.js may take to report a signal. */
const SIGNAL_MS = 200;

/**
 * Runs a command on a local stack of its own, and ends that whatever happens: the command ends, fails, or is interrupted.
 * Sets the exit code: what the command answers, 1 for an error.
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
    // If it is still being started, its guard ends it as soon as this process is gone.
    void Promise.resolve(started?.stop()).finally(() => process.exit(INTERRUPTED));
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    started = await startLocalStack({ ...options, onStep: progress.step });
    process.exitCode = await command(started, progress);
  } catch (error) {
    // What is stopped ends, and anyone who waits for it hears of that first; so it is with the compiler, at Ctrl-C.
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
