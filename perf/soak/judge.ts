import { INBOX } from "../../functions/domain/probe";
import type { BusEvent } from "../../tests/support/inbox";
import type { SoakWebhook } from "./webhooks";

/** A request that was answered 2xx, with the id in the answer: that of its event, or of the first of its events. */
export interface Accepted {
  readonly webhook: SoakWebhook;
  readonly id: string;
  /** Key of its record, if that is not the id. */
  readonly key?: string;
}

/** An event that the consumers must receive. */
export interface Owed {
  readonly provider: string;
  readonly id: string;
  readonly key: string;
  /** Message group within the provider. */
  readonly group: string;
  /** Position in the order in which the queue accepted the events of its provider. */
  readonly position: number;
  readonly poison: boolean;
}

/** Everything that became of the webhooks that were sent. */
export interface Outcome {
  /** Events in the order of publishing. */
  readonly events: readonly BusEvent[];
  readonly deadLetters: readonly {
    readonly provider: string;
    readonly id: string;
    /** Text of the payload. */
    readonly data?: string;
  }[];
  /** Statuses of the records by {@link nameOf}. */
  readonly statuses: ReadonlyMap<string, string | undefined>;
  /** Number of attempts without an answer 2xx, by provider. Each of them may be in the queue all the same. */
  readonly unanswered: ReadonlyMap<string, number>;
}

/** Result of a soak. */
export interface Judgement {
  /** Number of requests that were answered 2xx. */
  readonly requests: number;
  /** Number of events that these requests contain. */
  readonly accepted: number;
  readonly published: number;
  /** Events that are on the bus more than once. */
  readonly duplicatesOnBus: readonly string[];
  /** Events that were accepted, and are neither published nor in the dead-letter queue. */
  readonly lost: readonly string[];
  /** Events that were published after one that the queue had accepted later in their group. */
  readonly outOfOrder: readonly string[];
  readonly deadLettered: { readonly expected: number; readonly healthy: readonly string[] };
  /** Poison events that are not in the dead-letter queue, or were published. */
  readonly poisonElsewhere: readonly string[];
  /** Events whose status in the table does not say what became of them. */
  readonly wrongStatus: readonly string[];
  /** Requests sent again that were answered as a new event, and new events that were taken for a request sent again. */
  readonly misidentified: readonly string[];
  /** Number of events of requests that got no 2xx, from providers whose every request is an event of its own. */
  readonly ofUnanswered: number;
  /** Events that nobody sent, or that exceed the number of such requests without 2xx. */
  readonly unknown: readonly string[];
}

export function nameOf({ provider, id }: { readonly provider: string; readonly id: string }): string {
  return `${provider}#${id}`;
}

/**
 * Returns the events that the accepted requests owe. Requests with the same events owe them once; if each request is an
 * event of its own, each owes one.
 * @param accepted accepted requests, in the order of sending for each provider
 */
export function owedEvents(accepted: readonly Accepted[]): readonly Owed[] {
  const owed = new Map<string, Owed>();
  for (const { webhook, id, key = id } of accepted) {
    const { provider, poison } = webhook;
    const own = webhook.elements?.map((element) => ({ ...element, key: element.id })) ?? [
      { id, key, poison, group: "" },
    ];
    for (const event of own) {
      const name = nameOf({ provider, id: event.id });
      if (!owed.has(name)) owed.set(name, { provider, ...event, position: owed.size });
    }
  }
  return [...owed.values()];
}

/** Compares what was sent with what is on the bus, in the dead-letter queue and in the table. */
export function judge(accepted: readonly Accepted[], outcome: Outcome): Judgement {
  const ours = new Map(owedEvents(accepted).map((event) => [nameOf(event), event]));
  const onBus = outcome.events
    .map(({ source, detail }) => ({ provider: source.replace("webhook.", ""), id: detail.id }))
    .filter(({ provider }) => provider !== INBOX)
    .map(nameOf);
  const once = new Set(onBus);
  const deadLettered = new Set(outcome.deadLetters.map(nameOf));
  const strays = [...new Set([...once, ...deadLettered])].filter((name) => !ours.has(name));

  const names = [...ours.keys()];
  const isPoison = (name: string) => ours.get(name)?.poison === true;
  const poisonStrays = outcome.deadLetters.filter(({ data }) => data?.includes('"poison":true')).map(nameOf);
  return {
    requests: accepted.length,
    accepted: ours.size,
    published: names.filter((name) => once.has(name)).length,
    duplicatesOnBus: [...new Set(onBus.filter((name, index) => onBus.indexOf(name) !== index))],
    lost: names.filter((name) => !once.has(name) && !deadLettered.has(name)),
    outOfOrder: outOfOrder(once, [...ours.values()]),
    deadLettered: {
      expected: names.filter((name) => isPoison(name) && deadLettered.has(name)).length,
      healthy: [...deadLettered].filter((name) => !isPoison(name) && !poisonStrays.includes(name)),
    },
    poisonElsewhere: names.filter((name) => isPoison(name) && (!deadLettered.has(name) || once.has(name))),
    wrongStatus: names.filter(
      (name) => outcome.statuses.get(name) !== (isPoison(name) ? "dead_lettered" : "published"),
    ),
    misidentified: misidentified(accepted),
    ...ofUnansweredRequests(strays, accepted, outcome.unanswered),
  };
}

/**
 * Returns the events that came after one that the queue accepted later in their group. @param once events in the order
 * in which they came, each once
 */
export function outOfOrder(once: Iterable<string>, owed: readonly Owed[]): readonly string[] {
  const ours = new Map(owed.map((event) => [nameOf(event), event]));
  const last = new Map<string, number>();
  return [...once].filter((name) => {
    const event = ours.get(name);
    if (!event) return false;
    const group = `${event.provider}/${event.group}`;
    if (event.position < (last.get(group) ?? -1)) return true;
    last.set(group, event.position);
    return false;
  });
}

/** Returns accepted requests that were given the id of another event, or another id than the same webhook before. */
function misidentified(accepted: readonly Accepted[]): readonly string[] {
  const ids = new Map<SoakWebhook, string>();
  const webhooks = new Map<string, SoakWebhook>();
  return accepted.flatMap(({ webhook, id }) => {
    const name = nameOf({ provider: webhook.provider, id });
    const known = webhooks.get(name);
    const before = webhook.eachRequest ? undefined : ids.get(webhook);
    ids.set(webhook, id);
    webhooks.set(name, webhook);
    const taken = known !== undefined && (known !== webhook || webhook.eachRequest);
    return taken || (before !== undefined && before !== id) ? [name] : [];
  });
}

/**
 * Sorts events that no accepted request owes into those of unanswered requests, which are allowed, and unknown ones.
 */
function ofUnansweredRequests(
  strays: readonly string[],
  accepted: readonly Accepted[],
  unanswered: Outcome["unanswered"],
): Pick<Judgement, "ofUnanswered" | "unknown"> {
  const eachRequest = new Set(
    accepted.filter(({ webhook }) => webhook.eachRequest).map(({ webhook }) => webhook.provider),
  );
  const left = new Map(unanswered);
  const unknown = strays.filter((name) => {
    const provider = name.slice(0, name.indexOf("#"));
    const more = left.get(provider) ?? 0;
    left.set(provider, more - 1);
    return !eachRequest.has(provider) || more < 1;
  });
  return { ofUnanswered: strays.length - unknown.length, unknown };
}

/** Returns the faults that the judgement contains; empty if there are none. */
export function findings(judgement: Judgement): readonly string[] {
  const { duplicatesOnBus, lost, outOfOrder, deadLettered, poisonElsewhere, wrongStatus } = judgement;
  const named: [string, readonly string[]][] = [
    ["on the bus twice, and no fault came between publishing and recording", duplicatesOnBus],
    ["lost", lost],
    ["out of order", outOfOrder],
    ["healthy and dead-lettered", deadLettered.healthy],
    ["poison and not dead-lettered", poisonElsewhere],
    ["with another status in the table", wrongStatus],
    ["answered with the id of another event", judgement.misidentified],
    ["that no request holds", judgement.unknown],
  ];
  return named
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${names.length} ${what}: ${names.slice(0, 5).join(", ")}`);
}
