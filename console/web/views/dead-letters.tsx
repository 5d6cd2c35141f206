import type { ListPage } from "../../../inbox/records/list";
import type { QueueDepth } from "../../../inbox/queue";
import type { WebhookRecord } from "../../../inbox/records/record";
import { Confirmed, Discard, Empty, Page, RedriveAll, Time, webhookPath, type PageContext } from "./page";
import { CardTitle } from "./card-title";
import { shortened, type Short } from "./short-id";

export function DeadLetters(props: {
  readonly context: PageContext;
  readonly page: ListPage;
  readonly depth: QueueDepth;
  /** Name of the sample that is dead-lettered in the end, if there is one. */
  readonly failing?: string | undefined;
  /** Message about what was just done. */
  readonly done?: string | undefined;
}) {
  const { context, page, depth, failing } = props;
  const count = depth.waiting + depth.inFlight;
  const short = shortened(page.rows.map(({ id }) => id));
  return (
    <Page title="Dead letters" context={context} current="dead-letters">
      <h1>Dead letters</h1>
      {props.done && (
        <p class="notice good" role="status">
          {props.done}
        </p>
      )}
      <section id="dead-letters" data-live>
        {count > 0 && (
          <p>
            The dead-letter queue holds {count} {count === 1 ? "message" : "messages"}. Each was attempted
            three times. Fix the cause, then redrive, oldest first within a group.
          </p>
        )}
        {page.rows.length === 0 ? (
          <Empty title={count === 0 ? "No dead letters" : "Their webhooks went on"}>
            {count === 0
              ? "Every received webhook was published or filtered, or is still being processed."
              : "By their records these webhooks were published since, or their records have expired. `webhooks dlq list` shows the messages, and `webhooks dlq redrive` removes them without publishing a webhook twice."}
            {count === 0 && context.canSend && failing !== undefined && (
              <>
                {" "}
                To see one here, send <a href={`/send?sample=${failing}`}>the sample that fails</a>.
              </>
            )}
          </Empty>
        ) : (
          <>
            <Errors context={context} page={page} />
            <ul class="dead-letters">
              {page.rows.map((row) => (
                <DeadLetterCard context={context} row={row} short={short} />
              ))}
            </ul>
          </>
        )}
        {page.next && (
          <nav class="paging">
            <a class="button" href={`/dead-letters?cursor=${page.next}`}>
              Older
            </a>
          </nav>
        )}
      </section>
    </Page>
  );
}

/** The errors, the most frequent first, each with a button that redrives all its dead letters. */
function Errors({ context, page }: { readonly context: PageContext; readonly page: ListPage }) {
  const codes = page.rows.flatMap(({ error }) => error?.code ?? []);
  const counts = [...new Set(codes)].map((code) => ({
    code,
    count: codes.filter((one) => one === code).length,
  }));
  if (page.rows.length < 2 || !context.allowWrites) return <></>;
  return (
    <ul class="errors">
      {counts
        .sort((a, b) => b.count - a.count)
        .map(({ code, count }) => (
          <li>
            <p class="error">
              <strong>{code}</strong> <span class="chip bad">{count}</span>
              {page.next && " on this page"}
            </p>
            <RedriveAll
              id={`redrive-all-${code}`}
              action="/dead-letters/redrive"
              code={code}
              count={count}
              context={context}
            >
              All with this error return to the queue, oldest first within a group
              {page.next && ", also those of other pages"}.
            </RedriveAll>
          </li>
        ))}
    </ul>
  );
}

function DeadLetterCard(props: {
  readonly context: PageContext;
  readonly row: WebhookRecord;
  readonly short: Short;
}) {
  const { context, row, short } = props;
  const path = webhookPath(row);
  return (
    <li class="card">
      <CardTitle webhook={row} id={row.id} short={short} />
      <p>
        {row.type}, dead-lettered <Time at={row.deadLetteredAt} /> in the group {row.group}
      </p>
      <p class="error">
        <strong>{row.error?.code}</strong> {row.error?.message}
      </p>
      {/* Ids name the webhook: at a refresh an opened confirmation must not move to the one that takes its place. */}
      <div class="actions">
        <Confirmed id={`redrive-${path}`} action={`${path}/redrive`} label="Redrive" context={context}>
          Its message returns to the queue and gets three more attempts.
        </Confirmed>
        <Discard id={`discard-${path}`} action={`${path}/discard`} context={context}>
          Its message is removed for good. It stays dead-lettered here, and can still be replayed from the
          command line.
        </Discard>
      </div>
    </li>
  );
}
