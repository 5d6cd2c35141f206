import { Hono, type Context } from "hono";
import { readCounts } from "../../../inbox/metrics";
import { queueDepths } from "../../../inbox/queue";
import { findById } from "../../../inbox/records/find";
import { ASK_ABOVE, planSearch, searchPayloads } from "../../../inbox/payload-search";
import { listWebhooks, type ListQuery } from "../../../inbox/records/list";
import type { WebhookRecord } from "../../../inbox/records/record";
import { STATUSES } from "../../../functions/domain/record";
import { html, type Site } from "../site";
import { SPANS, type Filter } from "../views/filter";
import { List, type FoundPage } from "../views/list";
import { webhookPath } from "../views/page";

const MINUTES_OF_OVERVIEW = 60;

/**
 * Number of refreshes for which counts are reused: CloudWatch bills each metric that is read, and has one value a
 * minute.
 */
const COUNTS_KEPT_FOR = 3;

/** Returns the page that lists webhooks, newest first. */
export function listRoutes(site: Site): Hono {
  const { inbox, page, refreshMs } = site;
  // Shows the list without counts if they cannot be read.
  const overview = kept(COUNTS_KEPT_FOR * refreshMs, () =>
    readCounts(inbox, MINUTES_OF_OVERVIEW).catch(() => undefined),
  );
  return new Hono().get("/", async (context) => {
    const filter = filterOf(context);
    const [list, counts, queue] = await Promise.all([
      filter.payload === ""
        ? listWebhooks(inbox, queryOf(filter))
        : searched(inbox, filter, context.req.query("read") === "yes"),
      overview(),
      queueDepths(inbox),
    ]);
    const providers = [
      ...new Set([
        ...inbox.outputs.providers.map(({ name }) => name),
        ...(counts?.providers.map(({ name }) => name) ?? []),
        ...list.rows.map(({ provider }) => provider),
        ...(filter.provider ? [filter.provider] : []),
      ]),
    ].sort();
    // Looks an id up directly that was typed in full, so that a webhook of any age is found.
    const plain = !filter.provider && !filter.status && !filter.type && !filter.cursor && !filter.payload;
    const listed = list.rows.some(({ id, key }) => id === filter.text || key === filter.text);
    const exact = plain && filter.text && !listed ? await findById(inbox, providers, filter.text) : [];
    const isFound = (row: WebhookRecord) => exact.some((one) => webhookPath(one) === webhookPath(row));
    const found = [...exact, ...list.rows.filter((row) => !isFound(row))];
    return html(
      context,
      <List
        // Refreshes only the newest page, and no search: an older page stays as it is, and AWS bills reads.
        context={page(filter.cursor === "" && filter.payload === "" ? refreshMs : 0)}
        filter={filter}
        page={{ ...list, rows: found }}
        counts={counts}
        queue={queue}
        providers={providers}
      />,
    );
  });
}

/** Maximum number of matches that one page shows. */
const MATCHES = 50;

/** Milliseconds that reading payloads may take. */
const SEARCH_TIMEOUT_MS = 60_000;

/** Finds the webhooks whose payloads contain a text; returns only the plan of a large search that is not confirmed. */
async function searched(inbox: Site["inbox"], filter: Filter, confirmed: boolean): Promise<FoundPage> {
  const plan = await planSearch(inbox, queryOf(filter));
  const { webhooks, dollars } = plan;
  if (webhooks.length > ASK_ABOVE && !confirmed) {
    return { rows: [], toRead: { payloads: webhooks.length, dollars }, previews: new Map() };
  }
  const previews = new Map<WebhookRecord, string>();
  const signal = AbortSignal.timeout(SEARCH_TIMEOUT_MS);
  let looked = 0;
  let unread = 0;
  for await (const { match, unread: missing } of searchPayloads(inbox, webhooks, filter.payload, signal)) {
    looked += 1;
    if (missing) unread += 1;
    if (match) previews.set(match.webhook, match.preview);
    if (previews.size === MATCHES) break;
  }
  const rows = [...previews.keys()];
  const notes = [
    ...(looked < webhooks.length
      ? [`These are the newest ${MATCHES} matches. Narrow the filter for others.`]
      : []),
    ...(unread > 0 ? [`Payloads that could not be read, expired or in S3 Glacier: ${unread}.`] : []),
  ];
  return {
    rows,
    previews,
    notes,
    ...(plan.next !== undefined && rows.length < MATCHES && { next: plan.next }),
  };
}

/** Returns a function that returns the same answer of `ask` for some milliseconds. */
function kept<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let until = 0;
  let answer: Promise<T> | undefined;
  return () => {
    if (answer && Date.now() < until) return answer;
    until = Date.now() + ms;
    answer = ask();
    return answer;
  };
}

function filterOf(context: Context): Filter {
  const text = (name: string) => (context.req.query(name) ?? "").trim();
  const hours = Number(text("hours") || 24);
  return {
    provider: text("provider"),
    status: STATUSES.find((known) => known === text("status")) ?? "",
    type: text("type"),
    text: text("text"),
    payload: text("payload"),
    hours: SPANS.some((span) => span.hours === hours) ? hours : 24,
    cursor: text("cursor"),
  };
}

function queryOf({ provider, status, type, text, hours, cursor }: Filter): ListQuery {
  return {
    since: new Date(Date.now() - hours * 3_600_000).toISOString(),
    ...(provider && { provider }),
    ...(status && { status }),
    ...(type && { type }),
    ...(text && { text }),
    ...(cursor && { cursor }),
  };
}
