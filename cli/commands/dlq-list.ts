import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import type { DeadLetter } from "../../inbox/dead-letter";
import {
  filterOf,
  noteMissing,
  deadLetterJson,
  withDeadLetterFilter,
  type DeadLetterOptions,
} from "../options/dead-letters";
import { withDeadLetters } from "../dead-letters";
import { connectTo, withStackOptions } from "../options/stack";
import { sanitize, print } from "../../terminal/output";
import { shortIds } from "../../inbox/short-ids";
import { age, count } from "../../inbox/text";

interface Options extends DeadLetterOptions {
  readonly deep?: true;
}

async function list(options: Options): Promise<void> {
  const filter = filterOf(options);
  const inbox = await connectTo(options);
  await withDeadLetters(inbox, options, filter, (found, reading, now) => {
    const result = {
      deadLetters: found.map((deadLetter) => deadLetterJson(deadLetter, now)),
      notShown: reading.hidden + reading.heldByOthers,
    };
    print(options, result, () => asTable(found, now));
    noteMissing(reading);
  });
}

function asTable(deadLetters: readonly DeadLetter[], now: number): string {
  if (deadLetters.length === 0) return "No dead letters.";
  const short = shortIds(deadLetters.map(({ webhook, messageId }) => webhook?.id ?? messageId));
  const rows = deadLetters.map(({ webhook, messageId, reason, receivedAt, attempts, redriven }) => [
    pc.red(reason.code) + (redriven ? " (redriven once)" : ""),
    webhook?.provider ?? "-",
    sanitize(webhook?.type ?? "-"),
    short.get(webhook?.id ?? messageId) ?? "",
    age(now - Date.parse(receivedAt)),
    String(attempts ?? "-"),
  ]);
  return `${table(["REASON", "PROVIDER", "TYPE", "ID", "AGE", "ATTEMPTS"], rows)}\n\n${count(deadLetters.length, "dead letter")}`;
}

/** `webhooks dlq list` */
export function dlqList(): Command {
  const command = new Command("list")
    .description("Lists dead-lettered webhooks: reason, provider, id, age.")
    .option("--id <id...>", "only these: event ids, or ids of dead letters")
    .option(
      "--deep",
      "also those behind the first ten of a group; moves dead letters within the dead-letter queue",
    )
    .addHelpText(
      "after",
      `
While it runs, dead letters are hidden from other readers; they are visible again at the end.

Examples:
  webhooks dlq list
  webhooks dlq list --provider stripe --newer-than 24h --stack prod
  webhooks dlq list --consumer crm
  webhooks dlq list --json | jq -r '.deadLetters[].id'`,
    );
  return withStackOptions(withDeadLetterFilter(command)).action(list);
}
