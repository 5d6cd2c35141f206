import { Command } from "commander";
import { readTrace } from "../../inbox/trace/read";
import { findWebhook } from "../../inbox/records/find";
import { connectTo, withStackOptions, type OneWebhookOptions } from "../options/stack";
import { print } from "../../terminal/output";
import { traceText } from "../text/trace";

interface Options extends OneWebhookOptions {
  readonly details?: true;
}

async function trace(id: string, options: Options): Promise<void> {
  const inbox = await connectTo(options);
  const { provider, key } = await findWebhook(inbox, id, options.provider);
  const found = await readTrace(inbox, provider, key);
  if (!found) throw new Error(`The record of ${id} has just expired.`);
  print(options, found, () => traceText(found, options.details === true));
}

/** `webhooks trace <id>` */
export function traceCommand(): Command {
  const command = new Command("trace")
    .description(
      "Shows the full trace of a webhook: requests, attempts, executions, event, dead letter, replays.",
    )
    .argument("<id>", "event id or the beginning of one, or the key of one of several webhooks that have it")
    .option("--provider <name>", "provider, if more than one sent this id")
    .option("--details", "also the address, headers, queue and object of each step")
    .addHelpText(
      "after",
      `
Logs on AWS arrive a few seconds late. Steps that cannot be read are reported as gaps.

Examples:
  webhooks trace evt_1Q2W3E
  webhooks trace evt_1Q2W3E --details --stack prod
  webhooks trace evt_1Q2W3E --json | jq '.executions[].states[].name'`,
    );
  return withStackOptions(command).action(trace);
}
