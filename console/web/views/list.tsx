import type { ListPage } from "../../../inbox/records/list";
import type { WebhookRecord } from "../../../inbox/records/record";
import { FilterForm, SPANS, type Filter } from "./filter";
import { Overview, type OverviewProps } from "./overview";
import { Empty, Page, Status, Time, webhookPath, type PageContext } from "./page";
import { ShortId, shortened } from "./short-id";

/** A page of the list, or the result of a search in payloads. */
export interface FoundPage extends ListPage {
  /** A few fields of each payload that was read. */
  readonly previews?: ReadonlyMap<WebhookRecord, string>;
  /** What a reader has to know of a search's result. */
  readonly notes?: readonly string[];
  /** What the search would read; only if it has to be confirmed first. */
  readonly toRead?: { readonly payloads: number; readonly dollars: number };
}

interface ListProps extends OverviewProps {
  readonly context: PageContext;
  readonly filter: Filter;
  readonly page: FoundPage;
  readonly providers: readonly string[];
}

/** The list of the newest webhooks. */
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

function Rows({ context, filter, page }: Pick<ListProps, "context" | "filter" | "page">) {
  const below = (
    <>
      {page.notes?.map((note) => (
        <p class="hint">{note}</p>
      ))}
      {page.next && <NextPage filter={filter} cursor={page.next} some={page.rows.length > 0} />}
    </>
  );
  if (page.toRead) return <Confirm filter={filter} {...page.toRead} />;
  if (page.rows.length === 0) {
    return (
      <>
        <Nothing context={context} filter={filter} more={page.next !== undefined} />
        {below}
      </>
    );
  }
  const short = shortened(page.rows.map(({ id }) => id));
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
            {page.previews && <th>payload</th>}
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
                  <ShortId id={row.id} short={short} />
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
              {page.previews && <td>{page.previews.get(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {below}
    </>
  );
}

/** Question whether to run a search, with what it would read. */
function Confirm(props: { readonly filter: Filter; readonly payloads: number; readonly dollars: number }) {
  const { filter, payloads, dollars } = props;
  const cost = dollars < 0.01 ? "less than $0.01" : `about $${dollars.toFixed(2)}`;
  return (
    <Empty title={`This reads ${payloads} payloads from S3`}>
      The requests cost {cost}, and a transfer out of AWS comes beside it. Narrow the filter, or{" "}
      <a class="button" href={`/?${queryOf({ ...filter, read: "yes" })}`}>
        read them
      </a>
    </Empty>
  );
}

const queryOf = (fields: Readonly<Record<string, string | number>>) =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]): [string, string][] =>
      value === "" ? [] : [[name, String(value)]],
    ),
  ).toString();

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
  const { provider, status, type, text, payload, hours } = props.filter;
  const span = SPANS.find((one) => one.hours === hours)?.name ?? `last ${hours} hours`;
  if (props.more) {
    return (
      <Empty title="Nothing yet">
        No match among the newest few thousand webhooks. Older ones may match.
      </Empty>
    );
  }
  if (provider || status || type || text || payload) {
    return (
      <Empty title="Nothing matches">
        No webhook of the {span} matches this filter. <a href="/">Clear it</a>, or look further back.
      </Empty>
    );
  }
  return (
    <Empty title="No webhooks yet">
      Nothing was received in the {span}.{" "}
      {props.context.canSend ? (
        <>
          <a href="/send">Send a sample</a>, and it appears here.
        </>
      ) : (
        "Register the endpoint with a provider, or look further back."
      )}
    </Empty>
  );
}
