import { keyOf } from "../../../functions/domain/webhook";
import type { DeadLetter } from "../../../inbox/dead-letter";
import { consumerPath, Discard, RedriveAll, Time, webhookPath, type PageContext } from "./page";
import { ShortId, type Short } from "./short-id";

interface Props {
  readonly context: PageContext;
  /** Name of the consumer. */
  readonly consumer: string;
  readonly short: Short;
}

/** Dead letters of a consumer with the same error. */
export function ErrorGroup(
  props: Props & {
    readonly code: string;
    readonly some: readonly DeadLetter[];
    readonly index: number;
  },
) {
  const { context, consumer, code, some, index, short } = props;
  const path = consumerPath(consumer);
  return (
    <li class="card">
      <h2>
        {code} <span class="chip bad">{some.length}</span>
      </h2>
      <p class="error">{some[0]?.reason.message}</p>
      <RedriveAll
        id={`redrive-${index}`}
        action={`${path}/redrive`}
        code={code}
        count={some.length}
        context={context}
      >
        They return to the consumer's queue in the order of their groups, with all their attempts.
      </RedriveAll>
      <details id={`group-${index}`}>
        <summary>{some.length === 1 ? "The webhook" : "The webhooks"}</summary>
        <ul class="events">
          {some.map((deadLetter, place) => (
            <DeadLetterRow {...{ context, consumer, deadLetter, short }} id={`${index}-${place}`} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function DeadLetterRow(props: Props & { readonly deadLetter: DeadLetter; readonly id: string }) {
  const { context, consumer, deadLetter, id, short } = props;
  const { webhook, deadLetteredAt, messageId } = deadLetter;
  const name = <ShortId id={nameOf(deadLetter)} short={short} />;
  const of = webhook ? { provider: webhook.provider, key: keyOf(webhook) } : { provider: "", key: messageId };
  return (
    <li>
      {webhook ? <a href={webhookPath(of)}>{name}</a> : name} {webhook?.type}, dead-lettered{" "}
      <Time at={new Date(deadLetteredAt).toISOString()} />
      {webhook && (
        <Discard
          id={`discard-${id}`}
          action={`${webhookPath(of)}/discard?consumer=${encodeURIComponent(consumer)}`}
          context={context}
        >
          {consumer} does not get it. The webhook can still be replayed.
        </Discard>
      )}
    </li>
  );
}

/** Returns the text that a dead letter is shown as. */
export function nameOf({ webhook, messageId }: DeadLetter): string {
  return webhook?.id ?? messageId;
}

/** Groups dead letters by their errors, the most frequent first. */
export function byCode(deadLetters: readonly DeadLetter[]): readonly [string, readonly DeadLetter[]][] {
  const groups = new Map<string, DeadLetter[]>();
  for (const one of deadLetters) groups.set(one.reason.code, [...(groups.get(one.reason.code) ?? []), one]);
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}
