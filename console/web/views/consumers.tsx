import type { DeliveryLine } from "../../../functions/domain/log-line";
import type { ConsumerState } from "../../../inbox/consumers";
import type { DeadLetter } from "../../../inbox/dead-letter";
import type { Delivery } from "../../../inbox/deliveries";
import { age } from "../../../inbox/text";
import { byCode, ErrorGroup, nameOf } from "./consumer-dead-letters";
import { Confirmed, consumerPath, Discard, Page, Time, webhookPath, type PageContext } from "./page";
import { CardTitle } from "./card-title";
import { shortened, type Short } from "./short-id";

/** Properties of the part of a page that shows a consumer and the operations on it. */
interface ConsumerProps {
  readonly context: PageContext;
  readonly consumer: ConsumerState;
}

/** List of all consumers. */
export function ConsumerList(props: {
  readonly context: PageContext;
  readonly consumers: readonly ConsumerState[];
}) {
  const { context, consumers } = props;
  return (
    <Page title="Consumers" context={context} current="consumers">
      <h1>Consumers</h1>
      <section id="consumers" data-live>
        <ul class="dead-letters">
          {consumers.map((consumer) => (
            <li class="card">
              <h2>
                <a href={consumerPath(consumer.name)} data-row>
                  {consumer.name}
                </a>{" "}
                <State consumer={consumer} />
              </h2>
              <ConsumerFacts consumer={consumer} />
            </li>
          ))}
        </ul>
      </section>
    </Page>
  );
}

/** One consumer: what waits for it, and its dead letters by their errors. */
export function ConsumerPage(
  props: ConsumerProps & {
    readonly deadLetters: readonly DeadLetter[];
    /**
     * Approximate number of dead letters that are not listed: SQS returns ten of a group, or another reader holds them.
     */
    readonly notShown: number;
    readonly done?: string | undefined;
  },
) {
  const { context, consumer, deadLetters, notShown } = props;
  const short = shortened([...deadLetters.map(nameOf), ...(consumer.retrying ?? []).map(({ key }) => key)]);
  return (
    <Page title={consumer.name} context={context} current="consumers">
      <header class="webhook">
        <div id="head" data-live>
          <p>
            consumer over {consumer.kind} <State consumer={consumer} />
          </p>
          <h1>{consumer.name}</h1>
        </div>
        <div id="actions" class="actions" data-live>
          <Actions context={context} consumer={consumer} />
        </div>
      </header>
      {props.done && (
        <p class="notice good" role="status">
          {props.done}
        </p>
      )}
      <section id="facts" data-live>
        <ConsumerFacts consumer={consumer} />
      </section>
      <Retrying context={context} consumer={consumer} short={short} />
      <section aria-labelledby="dead-letters-title">
        <h2 id="dead-letters-title">Dead letters</h2>
        {deadLetters.length === 0 && <p>None{notShown > 0 && " that can be seen now"}.</p>}
        {notShown > 0 && (
          <p>
            About {notShown} more: another reader holds them, or they are behind the first ten of their group.
            Load the page again.
          </p>
        )}
        <ul class="dead-letters">
          {byCode(deadLetters).map(([code, some], index) => (
            <ErrorGroup {...{ context, code, some, index, short }} consumer={consumer.name} />
          ))}
        </ul>
      </section>
    </Page>
  );
}

function State({ consumer: { state } }: Pick<ConsumerProps, "consumer">) {
  const tone = state === "Enabled" ? "good" : state === "read by you" ? "neutral" : "bad";
  const text = state === "Enabled" ? "active" : state.startsWith("Disabl") ? "paused" : state.toLowerCase();
  return (
    <span class={`chip ${tone}`} title={state}>
      {text}
    </span>
  );
}

function ConsumerFacts({ consumer }: Pick<ConsumerProps, "consumer">) {
  const { when, pausedBecause, backlog, oldestSeconds, deadLetters, lastDelivery, lastError } = consumer;
  const dead = deadLetters && deadLetters.waiting + deadLetters.inFlight;
  return (
    <dl>
      <dt>gets</dt>
      <dd>{when ?? "all events"}</dd>
      {pausedBecause !== undefined && (
        <>
          <dt>paused</dt>
          <dd class="error">{pausedBecause}</dd>
        </>
      )}
      <dt>waiting</dt>
      <dd>
        {backlog?.waiting ?? "–"}, in flight {backlog?.inFlight ?? "–"}
        {oldestSeconds !== undefined && `, the oldest ${age(oldestSeconds * 1_000)}`}
      </dd>
      <dt>dead letters</dt>
      <dd class={dead ? "error" : undefined}>{dead ?? "–"}</dd>
      <Last what="delivery" line={lastDelivery} />
      <Last what="error" line={lastError} />
    </dl>
  );
}

function Last({ what, line }: { readonly what: string; readonly line: DeliveryLine | undefined }) {
  if (!line) return <></>;
  const { at, provider, id, key = id } = line;
  return (
    <>
      <dt>last {what}</dt>
      <dd>
        <Time at={at} /> <a href={webhookPath({ provider, key })}>{provider}</a>: {answerOf(line)}
      </dd>
    </>
  );
}

/** Describes what a consumer answered, or why it did not. */
export function answerOf({ statusCode, error }: Pick<Delivery, "statusCode" | "error">): string {
  return statusCode === undefined ? (error ?? "no answer") : `answered ${statusCode}`;
}

function Actions({ context, consumer }: ConsumerProps) {
  const { name, state, retrying = [] } = consumer;
  const path = consumerPath(name);
  if (state === "read by you" || state === "queue missing") return <></>;
  const isPaused = state.startsWith("Disabl");
  return (
    <>
      {!isPaused && (
        <Confirmed id="pause" action={`${path}/pause`} label="Pause" context={context}>
          It is handed no more events. They wait in its queue, at most 14 days.
        </Confirmed>
      )}
      {(isPaused || retrying.length > 0) && (
        <Confirmed
          id="resume"
          action={`${path}/resume`}
          label={isPaused ? "Resume" : "Try again now"}
          context={context}
        >
          {isPaused && "It is handed its events again. "}
          What waits for another attempt is tried at once.
        </Confirmed>
      )}
    </>
  );
}

function Retrying({ context, consumer, short }: ConsumerProps & { readonly short: Short }) {
  const { name, retrying = [] } = consumer;
  if (retrying.length === 0) return <></>;
  return (
    <section aria-labelledby="retrying-title">
      <h2 id="retrying-title">Waiting for another attempt</h2>
      <p>Those behind each in its group wait for it.</p>
      <ul class="dead-letters">
        {retrying.map((delivery, index) => (
          <li class="card">
            <CardTitle webhook={delivery} id={delivery.key} short={short} />
            <p class="error">
              {answerOf(delivery)}, attempt {delivery.attempts}
            </p>
            <p>
              Next attempt <Time at={delivery.nextAt} />
            </p>
            <Discard
              id={`give-up-${index}`}
              action={`${webhookPath(delivery)}/discard?consumer=${encodeURIComponent(name)}`}
              context={context}
            >
              {name} does not get it, and those behind it in its group go on.
            </Discard>
          </li>
        ))}
      </ul>
    </section>
  );
}
