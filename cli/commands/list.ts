import { Command, Option } from "commander";
import { listWebhooks, type ListPage, type ListQuery } from "../../inbox/records/list";
import type { WebhookRecord } from "../../inbox/records/record";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { ASK_ABOVE, MAX_SEARCHED, previews } from "../../inbox/payload-search";
import { STATUSES } from "../../functions/domain/record";
import { UsageError } from "../../inbox/errors";
import { connectTo, pointInTime, positive, withStackOptions, type StackOptions } from "../options/stack";
import { sanitize, note, print } from "../../terminal/output";
import { shortIds } from "../../inbox/short-ids";
import { age } from "../../inbox/text";
import { statusText } from "../text/status";
import { listByPayload } from "./list-payload";

interface Options extends StackOptions {
  readonly provider?: string;
  readonly status?: WebhookRecord["status"];
  readonly type?: string;
  readonly text?: string;
  readonly since: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly payload?: string;
  readonly preview?: true;
  readonly yes?: true;
}

async function list({ since, limit, cursor, ...options }: Options): Promise<void> {
  const now = Date.now();
  const { provider, status, type, text, payload } = options;
  const query: ListQuery = {
    since: new Date(pointInTime(since, now)).toISOString(),
    ...(provider !== undefined && { provider }),
    ...(status !== undefined && { status }),
    ...(type !== undefined && { type }),
    ...(text !== undefined && { text }),
    ...(cursor !== undefined && { cursor }),
  };
  const inbox = await connectTo(options);
  const wrongCursor = (error: unknown) => {
    throw error instanceof RangeError ? new UsageError(`--cursor: ${error.message}`) : error;
  };
  if (payload !== undefined)
    return listByPayload(inbox, payload, query, { ...options, limit }).catch(wrongCursor);
  const page = await listWebhooks(inbox, { ...query, limit }).catch(wrongCursor);
  const seen = options.preview ? await previews(inbox, page.rows) : new Map<WebhookRecord, string>();
  const webhooks = page.rows.map((row) => ({
    ...row,
    ...(options.preview && { preview: seen.get(row) ?? null }),
  }));
  print(options, { webhooks, next: page.next ?? null }, () => asTable(page, now, seen));
  if (page.next !== undefined && !options.json) note(`There may be more: --cursor ${page.next}`);
}

function asTable({ rows, next }: ListPage, now: number, seen: ReadonlyMap<WebhookRecord, string>): string {
  if (rows.length === 0) {
    return next === undefined
      ? "No webhook matches. Look further back with --since."
      : "No match so far; continue the search with the cursor.";
  }
  const short = shortIds(rows.map(({ id }) => id));
  const cells = rows.map((row) => {
    const { receivedAt, provider, type, id, status, replay, error } = row;
    return [
      age(now - Date.parse(receivedAt)),
      provider,
      sanitize(type),
      sanitize(short.get(id) ?? id),
      statusText(status),
      [
        ...(replay > 0 ? [`replay ${replay}`] : []),
        ...(error && status !== "published" ? [pc.red(error.code)] : []),
      ].join(", "),
      sanitize(seen.get(row) ?? ""),
    ];
  });
  return table(["AGE", "PROVIDER", "TYPE", "ID", "STATUS", "", ""], cells);
}

/** `webhooks list` */
export function listCommand(): Command {
  const command = new Command("list")
    .description("Lists received webhooks, newest first.")
    .option("--provider <name>", "only of this provider")
    .addOption(new Option("--status <status>", "only with this status").choices(STATUSES))
    .option("--type <text>", "only event types containing this text")
    .option("--text <text>", "only with this text in the id, type, group or error")
    .option("--since <time>", "only since: 2026-01-02T03:04:05Z, 2026-01-02, or 7d", "24h")
    .option("--payload <text>", "only with this text in the payload, in any case; reads payloads from S3")
    .option("--preview", "with a few fields of each payload; reads payloads from S3")
    .option("--limit <n>", "how many", positive, 20)
    .option("--cursor <text>", "continues from the previous page, with the same filters")
    .option("--yes", `read more than ${ASK_ABOVE} payloads without asking`)
    .addHelpText(
      "after",
      `
--payload looks through the payloads of --since and the other filters, newest first, ${MAX_SEARCHED} at most; it says first
how many there are and what reading them costs, and prints each match when it finds it.
It reads the table's indexes, never the whole table. A rare filter can end a page early, with a cursor to continue from.

Examples:
  webhooks list
  webhooks list --status dead_lettered --since 30d --stack prod
  webhooks list --payload cus_123 --provider stripe --since 7d
  webhooks list --provider stripe --type invoice --json | jq -r '.webhooks[].id'`,
    );
  return withStackOptions(command).action(list);
}
