import type { PropsWithChildren } from "hono/jsx";
import { prettyJson } from "../../../inbox/pretty-json";
import type { WebhookRecord } from "../../../inbox/records/record";
import type { Definition } from "../../../inbox/trace/graph";
import type { Trace } from "../../../inbox/trace/model";
import { Deliveries } from "./deliveries";
import { Confirmed, Discard, Page, Status, Time, webhookPath, type PageContext } from "./page";
import { Facts, Timeline } from "./timeline";
import { Workflow } from "./workflow";

interface TraceProps {
  readonly context: PageContext;
  readonly trace: Trace;
  /** Text of the payload; undefined if it is gone. */
  readonly payload: string | undefined;
  readonly definition: Definition | undefined;
  /** Names of the stack's consumers. */
  readonly consumers: readonly string[];
  /** Index of the execution that is drawn, from 0. */
  readonly shown: number;
  /** Whether the stack runs on the emulator, which records less of an execution than AWS. */
  readonly emulated: boolean;
  readonly region: string;
  /** Message about what was just done. */
  readonly done?: string | undefined;
}

/** Everything that is known of one webhook. */
export function TracePage(props: TraceProps) {
  const { context, trace } = props;
  const { webhook } = trace;
  return (
    <Page title={webhook.id} context={context}>
      <Head context={context} webhook={webhook} />
      {props.done && (
        <p class="notice good" role="status">
          {props.done}
        </p>
      )}
      <div id="gaps" data-live>
        {trace.gaps.map((gap) => (
          <p class="notice bad">Could not be read. {gap}</p>
        ))}
      </div>
      <div class="columns">
        <div>
          <Payload path={webhookPath(webhook)} payload={props.payload} />
          <Request steps={trace.steps} />
        </div>
        <LiveSection id="timeline" title="Timeline">
          <Timeline {...props} />
        </LiveSection>
      </div>
      <Deliveries {...props} />
      <Events events={trace.events} />
      <LiveSection id="workflow" title="Workflow">
        <Workflow {...props} />
      </LiveSection>
    </Page>
  );
}

/** A section whose content is refreshed while it is open. */
function LiveSection({
  id,
  title,
  children,
}: PropsWithChildren<{ readonly id: string; readonly title: string }>) {
  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <div id={id} data-live>
        {children}
      </div>
    </section>
  );
}

function Head({ context, webhook }: { readonly context: PageContext; readonly webhook: WebhookRecord }) {
  const path = webhookPath(webhook);
  const canReplay = webhook.status === "published" || webhook.status === "filtered";
  return (
    <header class="webhook">
      <div id="head" data-live>
        <p>
          {webhook.provider} · {webhook.type} <Status value={webhook.status} />
        </p>
        <h1>{webhook.id}</h1>
        {webhook.error && webhook.status !== "published" && (
          <p class="error">
            <strong>{webhook.error.code}</strong> {webhook.error.message}
          </p>
        )}
      </div>
      <div id="actions" class="actions" data-live>
        {canReplay && (
          <Confirmed id="replay" action={`${path}/replay`} label="Replay" context={context}>
            It is published once more, with the same id and a higher replay number. Consumers that deduplicate
            by id alone ignore it.
          </Confirmed>
        )}
        {webhook.status === "dead_lettered" && (
          <>
            <Confirmed id="redrive" action={`${path}/redrive`} label="Redrive" context={context}>
              Its message returns from the dead-letter queue to the queue and gets three more attempts.
            </Confirmed>
            <Discard id="discard" action={`${path}/discard`} context={context}>
              Its message is removed from the dead-letter queue for good.
            </Discard>
          </>
        )}
        {webhook.status !== "erased" && (
          <Confirmed id="erase" action={`${path}/erase`} label="Erase" context={context}>
            Its payload, its dead letters and what its record says of it are removed for good; nothing can
            publish it again. Logs and what consumers stored stay.{" "}
            <label>
              Why <input name="reason" required placeholder="in words that name nobody" />
            </label>
          </Confirmed>
        )}
      </div>
    </header>
  );
}

function Payload({ path, payload }: { readonly path: string; readonly payload: string | undefined }) {
  return (
    <section aria-labelledby="payload-title">
      <h2 id="payload-title">Payload</h2>
      {payload === undefined ? (
        <p>
          It is not in the bucket: it was removed or erased, or is in Glacier and has to be restored first.
        </p>
      ) : (
        <>
          <p class="actions">
            <button type="button" data-copy="payload">
              Copy
            </button>
            <a class="button" href={`${path}/payload`} download>
              Download as received
            </a>
          </p>
          <pre id="payload" class="code" tabindex={0}>
            {prettyJson(payload)}
          </pre>
        </>
      )}
    </section>
  );
}

/** The first request, with its headers. */
function Request({ steps }: Pick<Trace, "steps">) {
  const request = steps.find(({ kind }) => kind === "request");
  return (
    <section aria-labelledby="request-title">
      <h2 id="request-title">Request</h2>
      <div id="request" data-live>
        <Facts facts={request?.facts ?? {}} />
      </div>
    </section>
  );
}

function Events({ events }: Pick<Trace, "events">) {
  return (
    <section aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      <div id="events" data-live>
        {events.length === 0 && <p>None was published, or the events' log keeps them no longer.</p>}
        {events.map((event, index) => (
          <details id={`event-${index}`} open={index === events.length - 1}>
            <summary>
              <Time at={event.at} /> matched {event.rules.join(", ") || "no rule"}
            </summary>
            <p class="actions">
              <button type="button" data-copy={`event-json-${index}`}>
                Copy
              </button>
            </p>
            {!event.hasPayload && (
              <p>The events' log keeps no data (eventLogData: false). The payload is as it was received.</p>
            )}
            <pre id={`event-json-${index}`} class="code" tabindex={0}>
              {prettyJson(event.json)}
            </pre>
          </details>
        ))}
      </div>
    </section>
  );
}
