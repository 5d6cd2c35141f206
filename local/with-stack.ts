import { Progress } from "./progress";
import { startLocalStack, type LocalStack, type LocalStackOptions } from "./stack";

// Not for our users to read at each start: the functions run on Node 24, and this process only talks to loopback.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** What a shell makes of a program that ended by SIGINT. */
const INTERRUPTED = 130;

/** Something that was started, and must be ended. */
interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Runs a command on what is started for it, and ends that whatever happens: the command ends, fails, or is interrupted.
 * Sets the exit code: what the command answers, 1 for an error.
 */
async function run<T extends Stoppable>(
  start: (onStep: (step: string) => void) => Promise<T>,
  command: (started: T, progress: Progress) => Promise<number>,
): Promise<void> {
  const progress = new Progress();
  let started: T | undefined;
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    progress.abandon();
    // Where it is still being started, its guard ends it as soon as this process is gone.
    void Promise.resolve(started?.stop()).finally(() => process.exit(INTERRUPTED));
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    started = await start(progress.step);
    process.exitCode = await command(started, progress);
  } catch (error) {
    // What is stopped ends, and whoever waits for it hears of that first.
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

/** Runs a command on a local stack of its own. */
export function withStack(
  options: Omit<LocalStackOptions, "onStep">,
  command: (stack: LocalStack, progress: Progress) => Promise<number>,
): Promise<void> {
  return run((onStep) => startLocalStack({ ...options, onStep }), command);
}
