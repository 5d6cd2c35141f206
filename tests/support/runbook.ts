import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { commandLine } from "./cli";
import type { Inbox } from "./inbox";

/** Paragraphs of docs/runbook.md by their headings, each as one line. */
export const runbook = new Map(
  readFileSync(join(__dirname, "../../docs/runbook.md"), "utf8")
    .split(/^## /m)
    .slice(1)
    .map((section): [string, string] => {
      const [heading = "", ...lines] = section.split("\n");
      return [heading, lines.join(" ")];
    }),
);

/**
 * Returns what a command of the runbook prints: of `webhooks`, or of the AWS CLI on a log, which is replaced by its API
 * call.
 */
export async function shown(
  command: string,
  values: readonly string[],
  inbox: Inbox,
  cli: ReturnType<typeof commandLine>,
): Promise<string> {
  const rest = [...values];
  const args = command.split(" ").map((arg) => arg.replace(/<[^>]+>/, () => rest.shift() ?? ""));
  if (args[0] === "webhooks") {
    const { stdout, stderr } = await cli.run(...args.slice(1), ...rest);
    return stdout + stderr;
  }
  expect(args.slice(0, 2)).toEqual(["aws", "logs"]);
  const logGroupName = args.find((arg) => arg.startsWith("/aws/lambda/"));
  const pattern = args.indexOf("--filter-pattern");
  const { events = [] } = await new CloudWatchLogsClient(inbox.stack.emulator.client).send(
    new FilterLogEventsCommand({
      logGroupName,
      ...(pattern > 0 && { filterPattern: args[pattern + 1] }),
    }),
  );
  return events.map(({ message }) => message).join("\n");
}
