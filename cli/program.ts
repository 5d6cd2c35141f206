import { Command } from "commander";
import { consumers } from "./commands/consumers";
import { dlq } from "./commands/dlq";
import { eraseCommand } from "./commands/erase";
import { doctorCommand } from "./commands/doctor";
import { listCommand } from "./commands/list";
import { listenCommand } from "./commands/listen";
import { providersCommand } from "./commands/providers";
import { reconcileCommand } from "./commands/reconcile";
import { pauseCommand, resumeCommand } from "./commands/pause";
import { rejected } from "./commands/rejected";
import { replayCommand } from "./commands/replay";
import { schemesCommand } from "./commands/schemes";
import { secrets } from "./commands/secrets";
import { sendCommand } from "./commands/send";
import { showCommand } from "./commands/show";
import { statusCommand } from "./commands/status";
import { tailCommand } from "./commands/tail";
import { traceCommand } from "./commands/trace";

/** Returns the command `webhooks` with all its subcommands. */
export function createProgram(): Command {
  return new Command("webhooks")
    .description("Operates a webhook inbox: the local one of `npm start`, or a stack on AWS.")
    .addCommand(statusCommand())
    .addCommand(doctorCommand())
    .addCommand(providersCommand())
    .addCommand(schemesCommand())
    .addCommand(tailCommand())
    .addCommand(listenCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(traceCommand())
    .addCommand(consumers())
    .addCommand(dlq())
    .addCommand(replayCommand())
    .addCommand(reconcileCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(rejected())
    .addCommand(eraseCommand())
    .addCommand(secrets())
    .addCommand(sendCommand())
    .addHelpText(
      "after",
      `
Examples:
  webhooks doctor --stack dev
  webhooks status
  webhooks tail --provider stripe
  webhooks listen --forward-to http://localhost:3000/stripe
  webhooks trace evt_1Q2W3E
  webhooks dlq list --provider stripe
  webhooks dlq redrive --all --yes --rate 5 --stack prod
  webhooks replay stripe evt_1Q2W3E
  webhooks rejected release --provider stripe --since 2h

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Results go to standard output, everything else to
standard error.`,
    );
}
