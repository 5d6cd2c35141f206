import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { RejectedRequests, type ListedRejected } from "../../inbox/rejected";
import { interruptible } from "../../terminal/interrupt";
import { connectTo, positive } from "../options/stack";
import { note, print } from "../../terminal/output";
import { age, count } from "../../inbox/text";
import { filterOf, withRejectedFilter, type RejectedOptions } from "../options/rejected";

interface Options extends RejectedOptions {
  readonly limit: number;
}

const DEFAULT_LIMIT = 100;

async function list(options: Options): Promise<void> {
  const now = Date.now();
  const filter = filterOf(options, now);
  const inbox = await connectTo(options);
  await interruptible(async (signal) => {
    const requests = new RejectedRequests(inbox);
    const { listed, more } = await requests.find(filter, signal, options.limit);
    print(options, { rejected: listed, more }, () => asTable(listed, now));
    if (more) note("There are older ones; --limit shows more.");
  });
}

function asTable(listed: readonly ListedRejected[], now: number): string {
  if (listed.length === 0) return "No rejected requests.";
  const rows = listed.map(({ id, provider, receivedAt, reason, cause, bytes }) => [
    pc.red(reason),
    cause === reason ? "-" : cause,
    provider,
    age(now - Date.parse(receivedAt)),
    String(bytes),
    id,
  ]);
  const head = ["REASON", "CAUSE", "PROVIDER", "AGE", "BYTES", "ID"];
  return `${table(head, rows)}\n\n${count(listed.length, "rejected request")}`;
}

/** `webhooks rejected list` */
export function rejectedList(): Command {
  const command = new Command("list")
    .description(
      "Lists requests that failed verification or had no usable secret: reason, provider, age. They are kept for seven days.",
    )
    .option("--limit <n>", "at most this many, the newest", positive, DEFAULT_LIMIT)
    .addHelpText(
      "after",
      `
CAUSE is the diagnosis; \`show\` explains it.

Examples:
  webhooks rejected list
  webhooks rejected list --provider stripe --since 2h --stack prod
  webhooks rejected list --reason signature_mismatch --json | jq -r '.rejected[].id'`,
    );
  return withRejectedFilter(command).action(list);
}
