import type { ListPage } from "../../../inbox/records/list";
import type { Counted, Counts } from "../../../inbox/metrics";
import type { QueueDepth } from "../../../inbox/queue";
import { Empty, Page, Status, Time, webhookPath, type PageContext } from "./page";

/** The filter as the address has it. */
export interface Filter {
  readonly provider: string;
  readonly status: string;
  readonly type: string;
  readonly text: string;
  readonly hours: number;
  readonly cursor: string;
}

/** Spans to look back, in hours. */
export const SPANS = [
  { hours: 1, name: "last hour" },
  { hours: 24, name: "last 24 hours" },
  { hours: 24 * 7, name: "last 7 days" },
  { hours: 24 * 30, name: "last 30 days" },
  { hours: 24 * 365, name: "everything" },
] as const;

export const STATUSES = ["received", "published", "filtered", "failed", "dead_lettered", "rejected"] as const;

interface ListProps {
  readonly context: PageContext;
  readonly filter: Filter;
  readonly page: ListPage;
  readonly counts: Counts | undefined;
  readonly queue: { readonly queue: QueueDepth; readonly deadLetters: QueueDepth };
  readonly providers: readonly string[];
}

export function List({ context, filter, page, counts, queue, providers }: ListProps) {
  return (
    <Page title="Webhooks" context={context} current="webhooks">
      <h1 class="visually-hidden">Webhooks</h1>
      <section id="overview" data-live aria-label="Overview">
        <Overview counts={counts} queue={queue} />
      </section>
      <FilterForm filter={filter} providers={providers} />
      <section id="list" data-live aria-label="List of webhooks">
        <Rows context={context} filter={filter} page={page} />
      </section>
    </Page>
  );
}

function Overview({ counts, queue }: Pick<ListProps, "counts" | "queue">) {
  const unverified = counts?.series.SecretUnusable.reduce((all, value) => all + value, 0) ?? 0;
  return (
    <>
      <div class="cards">
        <Card name="waiting in the queue" value={queue.queue.waiting + queue.queue.inFlight} />
        <Card
          name="dead letters"
          value={queue.deadLetters.waiting + queue.deadLetters.inFlight}
          tone={queue.deadLetters.waiting > 0 ? "bad" : "neutral"}
          href="/dead-letters"
        />
        {unverified > 0 && (
          <Card name="without a usable secret, last hour" value={unverified} tone="bad" href="/rejected" />
        )}
        {counts && <Plot counts={counts} />}
      </div>
      {counts && counts.providers.length > 0 && <Providers counts={counts} />}
    </>
  );
}

function Card(props: {
  readonly name: string;
  readonly value: number;
  readonly tone?: string;
  readonly href?: string;
}) {
  const value = <strong class={props.tone ?? "neutral"}>{props.value}</strong>;
  return (
    <div class="card">
      {props.href ? <a href={props.href}>{value}</a> : value}
      <span>{props.name}</span>
    </div>
  );
}

const PLOTTED: readonly { readonly metric: Counted; readonly name: string }[] = [
  { metric: "Accepted", name: "accepted" },
  { metric: "Published", name: "published" },
  { metric: "Failed", name: "failed" },
];

const PLOT = { width: 600, height: 100 } as const;

/** Accepted, published and failed webhooks over time. */
function Plot({ counts }: { readonly counts: Counts }) {
  const highest = Math.max(1, ...PLOTTED.flatMap(({ metric }) => counts.series[metric]));
  const points = counts.series.Accepted.length;
  const place = (value: number, point: number) => {
    const x = (point / Math.max(1, points - 1)) * PLOT.width;
    const y = PLOT.height - (value / highest) * PLOT.height;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const clock = (time: number) => new Date(time).toISOString().slice(11, 16);
  const sums = PLOTTED.map(({ metric, name }) => {
    const sum = counts.series[metric].reduce((all, value) => all + value, 0);
    return { name, sum };
  });
  return (
    <figure class="card plot">
      <div class="axis">
        <span>{highest} a minute</span>
      </div>
      <svg
        viewBox={`0 0 ${PLOT.width} ${PLOT.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Last hour: ${sums.map(({ name, sum }) => `${sum} ${name}`).join(", ")}`}
      >
        {PLOTTED.map(({ metric, name }) => (
          <polyline class={`series ${name}`} points={counts.series[metric].map(place).join(" ")} />
        ))}
      </svg>
      <div class="axis">
        <time>{clock(counts.from)}</time>
        <time>{clock(counts.to)}</time>
      </div>
      <figcaption>
        {sums.map(({ name, sum }) => (
          <span class={`legend ${name}`}>
            {sum} {name}
          </span>
        ))}
        <span>in the last hour</span>
      </figcaption>
    </figure>
  );
}

function Providers({ counts }: { readonly counts: Counts }) {
  const minutes = (counts.to - counts.from) / 60_000;
  return (
    <details class="providers" id="providers">
      <summary>By provider, last hour</summary>
      <div class="scroll" tabindex={0}>
        <table>
          <thead>
            <tr>
              <th>provider</th>
              <th class="number">accepted</th>
              <th class="number">a minute</th>
              <th class="number">duplicates</th>
              <th class="number">rejected</th>
              <th class="number">no usable secret</th>
              <th class="number">published</th>
              <th class="number">filtered</th>
              <th class="number">failures</th>
            </tr>
          </thead>
          <tbody>
            {counts.providers.map(({ name, counts: of }) => (
              <tr>
                <td>{name}</td>
                <td class="number">{of.Accepted}</td>
                <td class="number">{(of.Accepted / minutes).toFixed(2)}</td>
                <td class="number">{of.Duplicate}</td>
                <td class="number">{of.Rejected}</td>
                <td class="number">{of.SecretUnusable}</td>
                <td class="number">{of.Published}</td>
                <td class="number">{of.Filtered}</td>
                <td class="number">{of.Failed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function FilterForm({
  filter,
  providers,
}: {
  readonly filter: Filter;
  readonly providers: readonly string[];
}) {
  const option = (value: string, name: string, chosen: string) => (
    <option value={value} selected={value === chosen}>
      {name}
    </option>
  );
  return (
    <form class="filter" method="get" action="/" role="search">
      <label>
        Provider
        <select name="provider">
          {option("", "any", filter.provider)}
          {providers.map((name) => option(name, name, filter.provider))}
        </select>
      </label>
      <label>
        Status
        <select name="status">
          {option("", "any", filter.status)}
          {STATUSES.map((name) => option(name, name.replace("_", "-"), filter.status))}
        </select>
      </label>
      <label>
        Type
        <input name="type" value={filter.type} placeholder="invoice.paid" autocomplete="off" />
      </label>
      <label class="wide">
        Text
        <input
          name="text"
          type="search"
          value={filter.text}
          placeholder="id, type, group or error"
          data-search
          autocomplete="off"
        />
      </label>
      <label>
        Since
        <select name="hours">
          {SPANS.map(({ hours, name }) => option(String(hours), name, String(filter.hours)))}
        </select>
      </label>
      <button type="submit" class="primary">
        Filter
      </button>
      <a class="button" href="/">
        Clear
      </a>
    </form>
  );
}

function Rows({ context, filter, page }: Pick<ListProps, "context" | "filter" | "page">) {
  const next = page.next && <NextPage filter={filter} cursor={page.next} some={page.rows.length > 0} />;
  if (page.rows.length === 0) {
    return (
      <>
        <Nothing context={context} filter={filter} more={page.next !== undefined} />
        {next}
      </>
    );
  }
  return (
    <>
      <table class="webhooks">
        <thead>
          <tr>
            <th>received</th>
            <th>provider</th>
            <th>type</th>
            <th>id</th>
            <th>status</th>
            <th class="number">requests</th>
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row) => (
            <tr>
              <td>
                <Time at={row.receivedAt} />
              </td>
              <td>{row.provider}</td>
              <td class="type">{row.type}</td>
              <td class="id">
                <a href={webhookPath(row)} data-row>
                  {row.id}
                </a>
              </td>
              <td>
                <Status value={row.status} />
                {row.replay > 0 && <span class="chip neutral">replay {row.replay}</span>}
                {row.failures > 0 && row.status !== "published" && (
                  <span class="error" title={row.error?.message}>
                    {row.failures} × {row.error?.code}
                  </span>
                )}
              </td>
              <td class="number">{row.attempts}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {next}
    </>
  );
}

function NextPage(props: { readonly filter: Filter; readonly cursor: string; readonly some: boolean }) {
  const { filter, cursor } = props;
  const query = new URLSearchParams(
    Object.entries({ ...filter, hours: String(filter.hours), cursor }).filter(([, value]) => value !== ""),
  );
  return (
    <nav class="paging" aria-label="Paging">
      {filter.cursor !== "" && (
        <a
          class="button"
          href={`/?${String(new URLSearchParams([...query].filter(([name]) => name !== "cursor")))}`}
        >
          Newest
        </a>
      )}
      <a class="button" href={`/?${String(query)}`} rel="next">
        {props.some ? "Older" : "Search further back"}
      </a>
    </nav>
  );
}

function Nothing(props: { readonly context: PageContext; readonly filter: Filter; readonly more: boolean }) {
  const { provider, status, type, text, hours } = props.filter;
  const span = SPANS.find((one) => one.hours === hours)?.name ?? `last ${hours} hours`;
  if (props.more) {
    return <Empty title="Nothing yet">The newest few thousand webhooks do not match. Older ones may.</Empty>;
  }
  if (provider || status || type || text) {
    return (
      <Empty title="Nothing matches">
        No webhook of the {span} matches this filter. <a href="/">Clear it</a>, or look further back.
      </Empty>
    );
  }
  return (
    <Empty title="No webhooks yet">
      Nothing came in during the {span}.{" "}
      {props.context.canSend ? (
        <>
          <a href="/send">Send a sample</a>, and it appears here.
        </>
      ) : (
        "Point a sender at the endpoint, or look further back."
      )}
    </Empty>
  );
}
