import type { ConsumerDelivery } from "../../../inbox/trace/deliveries";
import type { Trace } from "../../../inbox/trace/model";
import { answerOf } from "./consumers";
import { Confirmed, consumerPath, Status, Time, webhookPath, type PageContext } from "./page";

/** What became of a webhook at each consumer. */
export function Deliveries(props: {
  readonly context: PageContext;
  readonly trace: Trace;
  /** Names of the stack's consumers. */
  readonly consumers: readonly string[];
}) {
  const { context, trace, consumers } = props;
  const names = [...new Set([...consumers, ...trace.deliveries.map(({ consumer }) => consumer)])].sort();
  if (names.length === 0) return <></>;
  return (
    <section aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">Consumers</h2>
      <div id="deliveries" data-live>
        <ul class="dead-letters">
          {names.map((name) => (
            <li class="card">
              <h2>{consumers.includes(name) ? <a href={consumerPath(name)}>{name}</a> : name}</h2>
              <OfConsumer deliveries={trace.deliveries.filter(({ consumer }) => consumer === name)} />
              {consumers.includes(name) && canReplay(trace) && (
                <Confirmed
                  id={`replay-to-${name}`}
                  action={`${webhookPath(trace.webhook)}/replay`}
                  label="Replay to it"
                  context={context}
                >
                  It is sent to {name} alone, if {name} takes such events, with the same id and a higher
                  replay number. Nothing is published on the bus.
                  <input type="hidden" name="consumer" value={name} />
                </Confirmed>
              )}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function canReplay({ webhook: { status } }: Trace): boolean {
  return status === "published" || status === "filtered";
}

function OfConsumer({ deliveries }: { readonly deliveries: readonly ConsumerDelivery[] }) {
  if (deliveries.length === 0) return <p>It was not sent there, or no log says so any more.</p>;
  return (
    <>
      {deliveries.map((delivery) => (
        <DeliveryView delivery={delivery} />
      ))}
    </>
  );
}

const SENT: Readonly<Record<string, string>> = {
  queue: "It is in the consumer's queue, or was read from there.",
  lambda: "It is in the consumer's queue, or was handed to its function.",
  http: "It is in the consumer's queue.",
};

function DeliveryView({ delivery }: { readonly delivery: ConsumerDelivery }) {
  const {
    consumer,
    kind = "",
    replay,
    status,
    attempts,
    at,
    durationMs,
    answer,
    error,
    nextAt,
    log,
  } = delivery;
  return (
    <>
      <p>
        <Status value={status} />
        {replay > 0 && <span class="chip neutral">replay {replay}</span>} {status === "sent" && SENT[kind]}
        {status === "undelivered" && error}
        {attempts !== undefined && (
          <>
            {answerOf(delivery)} at <Time at={at} /> after {durationMs} ms, attempt {attempts}
            {nextAt !== undefined && (
              <>
                ; again at <Time at={nextAt} />
              </>
            )}
          </>
        )}
      </p>
      {log.length > 1 && (
        <ol class="attempts">
          {log.map((line) => (
            <li>
              <Time at={line.at} /> {answerOf(line)}, {line.durationMs} ms
            </li>
          ))}
        </ol>
      )}
      {answer !== undefined && answer !== "" && (
        <details id={`answer-${consumer}-${replay}`}>
          <summary>Last answer</summary>
          <pre class="code" tabindex={0}>
            {answer}
          </pre>
        </details>
      )}
    </>
  );
}
