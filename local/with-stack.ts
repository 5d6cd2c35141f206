import { Progress } from "./progress";
import { startLocalStack, type LocalStack, type LocalStackOptions } from "./stack";

// Not for our users to read at each start: the functions run on Node 24, and this process only talks to loopback.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** What a shell makes of a program that ended by SIGINT. */
const INTERRUPTED = 130;

/**
 * Runs a command on a local stack of its own and ends the stack whatever happens: the command ends, fails, or is
 * interrupted. Sets the exit code: what the command answers, 1 for an error.
 */
export async function withStack(
  options: Omit<LocalStackOptions, "onStep">,
  command: (stack: LocalStack, progress: Progress) => Promise<number>,
): Promise<void> {
  const progress = new Progress();
  let stack: LocalStack | undefined;
  const interrupt = () => {
    progress.abandon();
    // Where the stack is still being started, its guard ends it as soon as this process is gone.
    void Promise.resolve(stack?.stop()).finally(() => process.exit(INTERRUPTED));
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    stack = await startLocalStack({ ...options, onStep: progress.step });
    process.exitCode = await command(stack, progress);
  } catch (error) {
    progress.abandon();
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    await stack?.stop();
    progress.done();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
