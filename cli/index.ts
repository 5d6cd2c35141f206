import { withCompletion } from "./completion";
import { createProgram } from "./program";
import { runCommand } from "./run";

// Hides the SDK's warning about Node's version, which is no concern of our users: the functions run on Node 24, only
// this process on their version.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

// Ends quietly if the reader closes the pipe early: `webhooks tail | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void runCommand(withCompletion(createProgram()), process.argv.slice(2));
