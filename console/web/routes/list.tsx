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

/** Looks of a page for which counts are kept: CloudWatch bills each metric that is read, and has one value a minute. */
const COUNTS_KEPT_FOR = 3;

/** The list of webhooks, newest first. */
export function listRoutes(site: Site): Hono {
  const { inbox, page, refreshMs } = site;
  // Counts are a help and not the matter: without them the list stands.
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
        ...(counts?.providers.map(({ name }) => name) ?? []),
        ...list.rows.map(({ provider }) => provider),
        ...(filter.provider ? [filter.provider] : []),
      ]),
    ].sort();
    // An id that is typed in whole is found at once, however old it is.
    const plain = !filter.provider && !filter.status && !filter.type && !filter.cursor && !filter.payload;
    const listed = list.rows.some(({ id, key }) => id === filter.text || key === filter.text);
    const exact = plain && filter.text && !listed ? await findById(inbox, providers, filter.text) : [];
    const isFound = (row: WebhookRecord) => exact.some((one) => webhookPath(one) === webhookPath(row));
    const found = [...exact, ...list.rows.filter((row) => !isFound(row))];
    return html(
      context,
      <List
        // An older page stays as it is; the newest one is live. A search is not made again by itself: reads are billed.
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

/** Matches that one page shows. */
const MATCHES = 50;

/** Milliseconds that reading payloads may take. */
const SEARCH_TIMEOUT_MS = 60_000;

/** The webhooks whose payloads hold a text; a plan alone where it is large and nobody confirmed it. */
async function searched(inbox: Site["inbox"], filter: Filter, confirmed: boolean): Promise<FoundPage> {
  const plan = await planSearch(inbox, queryOf(filter));
  const { webhooks, dollars } = plan;
  if (webhooks.length > ASK_ABOVE && !confirmed) {
    return { rows: [], toRead: { payloads: webhooks.length, dollars }, previews: new Map() };
  }
  const previews = new Map<WebhookRecord, string>();
  const signal = AbortSignal.timeout(SEARCH_TIMEOUT_MS);
  for await (const { match } of searchPayloads(inbox, webhooks, filter.payload, signal)) {
    if (match) previews.set(match.webhook, match.preview);
    if (previews.size === MATCHES) break;
  }
  const rows = [...previews.keys()];
  return { rows, previews, ...(plan.next !== undefined && rows.length < MATCHES && { next: plan.next }) };
}

/** The same answer for a while. */
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
