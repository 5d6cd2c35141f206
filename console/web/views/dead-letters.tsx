import type { ListPage } from "../../../inbox/records/list";
import type { QueueDepth } from "../../../inbox/queue";
import { Confirmed, Empty, Page, Time, webhookPath, type PageContext } from "./page";

export function DeadLetters(props: {
  readonly context: PageContext;
  readonly page: ListPage;
  readonly depth: QueueDepth;
  /** Name of a sample that ends here, where there is one. */
  readonly failing?: string | undefined;
}) {
  const { context, page, depth, failing } = props;
  const count = depth.waiting + depth.inFlight;
  return (
    <Page title="Dead letters" context={context} current="dead-letters">
      <h1>Dead letters</h1>
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
          <ul class="dead-letters">
            {page.rows.map((row, index) => (
              <li class="card">
                <h2>
                  <a href={webhookPath(row)} data-row>
                    {row.provider} · {row.id}
                  </a>
                </h2>
                <p>
                  {row.type}, dead-lettered <Time at={row.deadLetteredAt} /> in the group {row.group}
                </p>
                <p class="error">
                  <strong>{row.error?.code}</strong> {row.error?.message}
                </p>
                <Confirmed
                  id={`redrive-${index}`}
                  action={`${webhookPath(row)}/redrive`}
                  label="Redrive"
                  context={context}
                >
                  Its message returns to the queue and gets three more attempts.
                </Confirmed>
              </li>
            ))}
          </ul>
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
