import { Command } from "commander";
import { prettyJson } from "../../inbox/pretty-json";
import { pc } from "../../terminal/colours";
import type { DeadLetter } from "../../inbox/dead-letter";
import { deadLetterJson, noteMissing, withConsumer, type WhoseDeadLetters } from "../options/dead-letters";
import { withDeadLetters } from "../dead-letters";
import { withStackOptions } from "../options/stack";
import { sanitize, print } from "../../terminal/output";
import { age } from "../../inbox/text";
import { connect } from "../../inbox/connect";

interface Options extends WhoseDeadLetters {
  readonly deep?: true;
}

async function show(id: string, options: Options): Promise<void> {
  const inbox = await connect(options);
  await withDeadLetters(inbox, options, { ids: [id] }, (found, reading, now) => {
    noteMissing(reading);
    if (found.length === 0) throw new Error(`No dead letter has the id ${id}.`);
    const result = found.map((deadLetter) => ({
      ...deadLetterJson(deadLetter, now),
      body: deadLetter.body,
    }));
    print(options, { deadLetters: result }, () =>
      found.map((deadLetter) => asText(deadLetter, now)).join("\n\n"),
    );
  });
}

function asText(deadLetter: DeadLetter, now: number): string {
  const { webhook, reason, source } = deadLetter;
  const lines: [string, string | undefined][] = [
    ["Event", webhook?.id],
    ["Provider", webhook?.provider],
    ["Type", webhook && sanitize(webhook.type)],
    ["Received", `${deadLetter.receivedAt} (${age(now - Date.parse(deadLetter.receivedAt))} ago)`],
    ["Dead-lettered", new Date(deadLetter.deadLetteredAt).toISOString()],
    ["Reason", `${pc.red(reason.code)}: ${sanitize(reason.message)}`],
    ["Attempts", deadLetter.attempts === undefined ? undefined : String(deadLetter.attempts)],
    ["Redriven", deadLetter.redriven && "once, by the recovery function; then SQS moved it again"],
    ["Execution", deadLetter.executionArn],
    ["Group", deadLetter.group],
    ["Replay", webhook === undefined ? undefined : String(webhook.replay)],
    ["Raw payload", webhook?.s3Key || undefined],
    ["Message id", deadLetter.messageId],
  ];
  const head = lines.flatMap(([name, value]) =>
    value === undefined ? [] : [`${pc.bold(name.padEnd(12))} ${value}`],
  );
  const payload = webhook?.data ?? (webhook && !source ? "(the payload is stored in S3)" : deadLetter.body);
  return [...head, "", sanitize(prettyJson(payload), "\n\t")].join("\n");
}

/** `webhooks dlq show <id>` */
export function dlqShow(): Command {
  const command = new Command("show")
    .description("Shows one dead letter: its error, its execution, its payload.")
    .argument("<id>", "event id, or id of the dead letter")
    .option(
      "--deep",
      "also those behind the first ten of a group; moves dead letters within the dead-letter queue",
    )
    .addHelpText(
      "after",
      `
Examples:
  webhooks dlq show evt_1Q2W3E
  webhooks dlq show evt_1Q2W3E --json | jq '.deadLetters[0].reason'`,
    );
  return withStackOptions(withConsumer(command)).action(show);
}
