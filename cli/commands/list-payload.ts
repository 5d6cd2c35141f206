import {
  ASK_ABOVE,
  MAX_SEARCHED,
  planSearch,
  searchPayloads,
  type Match,
  type SearchPlan,
} from "../../inbox/payload-search";
import type { Inbox } from "../../inbox/connect";
import { UsageError } from "../../inbox/errors";
import type { ListQuery } from "../../inbox/records/list";
import { shortIds } from "../../inbox/short-ids";
import { age, count } from "../../inbox/text";
import { confirm } from "../../terminal/confirm";
import { interruptible } from "../../terminal/interrupt";
import { Counter, note, print, sanitize } from "../../terminal/output";
import { statusText } from "../text/status";

/** Options of a search by content, in addition to those that select webhooks. */
export interface SearchOptions {
  readonly json?: true;
  readonly yes?: true;
  /** Number of matches after which the search ends. */
  readonly limit: number;
}

/**
 * Searches payloads for a text, newest first. Says how many would be read and what that costs, and prints each match as
 * soon as it is found.
 */
export async function listByPayload(
  inbox: Inbox,
  text: string,
  query: Omit<ListQuery, "limit">,
  options: SearchOptions,
): Promise<void> {
  if (text === "") throw new UsageError("--payload is empty.");
  const plan = await planSearch(inbox, query);
  await confirmSearch(plan, options);
  await interruptible(async (signal) => {
    const progress = new Counter("Read", plan.webhooks.length);
    const short = shortIds(plan.webhooks.map(({ id }) => id));
    const found: Match[] = [];
    let unread = 0;
    for await (const { match, unread: missing } of searchPayloads(inbox, plan.webhooks, text, signal)) {
      progress.add();
      if (missing) unread += 1;
      if (!match) continue;
      found.push(match);
      progress.end();
      if (!options.json) console.log(line(match, short.get(match.webhook.id) ?? match.webhook.id));
      if (found.length === options.limit) break;
    }
    progress.end();
    const searched = progress.done;
    const webhooks = found.map(({ webhook, preview }) => ({ ...webhook, preview }));
    if (options.json) print(options, { webhooks, searched, unread, next: plan.next ?? null }, () => "");
    else if (found.length === 0) console.log(`No payload of ${count(searched, "webhook")} holds it.`);
    if (unread > 0) note(`${count(unread, "payload")} could not be read: expired, or in S3 Glacier.`);
    if (found.length === options.limit && searched < plan.webhooks.length)
      note(`Ended at ${count(found.length, "match", "matches")}: --limit ${2 * options.limit} finds more.`);
    else if (plan.next !== undefined) note(`There are older ones in this time: --cursor ${plan.next}`);
  });
}

/**
 * Says what a search reads and what that costs, and asks for confirmation if it is much.
 * @throws UsageError if there is no terminal to ask on; Error if the answer is no
 */
export async function confirmSearch(
  { webhooks, bytes, dollars, next }: SearchPlan,
  { yes }: Pick<SearchOptions, "yes">,
): Promise<void> {
  const most = next === undefined ? "" : `, the newest ${MAX_SEARCHED}`;
  const cost = dollars < 0.01 ? "less than $0.01" : `about $${dollars.toFixed(2)}`;
  const reads = `Reading ${count(webhooks.length, "payload")}${most}, ${(bytes / 1e6).toFixed(1)} MB, from S3: ${cost} for the requests`;
  note(`${reads}, and what the transfer costs out of AWS.`);
  if (webhooks.length <= ASK_ABOVE || yes) return;
  if (!process.stdin.isTTY)
    throw new UsageError(`${reads}. Narrow it with --since or --provider, or pass --yes.`);
  if (!(await confirm("Continue?"))) throw new Error("Nothing was read.");
}

/** Formats a match with columns of fixed widths, since rows are printed one by one. */
function line({ webhook, preview }: Match, id: string): string {
  const { receivedAt, provider, type, status } = webhook;
  const cells = [
    age(Date.now() - Date.parse(receivedAt)).padEnd(7),
    provider.padEnd(10),
    sanitize(type).padEnd(24),
    sanitize(id).padEnd(20),
    statusText(status),
    sanitize(preview),
  ];
  return cells.join("  ");
}
