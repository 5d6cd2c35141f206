import { withCompletion } from "./completion";
import { createProgram } from "./program";
import { runCommand } from "./run";

// Not for our users to read: the functions run on Node 24, this process is theirs.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

// The reader may close the pipe early: `webhooks tail | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void runCommand(withCompletion(createProgram()), process.argv.slice(2));
