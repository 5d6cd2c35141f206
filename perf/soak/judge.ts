import { INBOX } from "../../functions/domain/probe";
import type { BusEvent } from "../../tests/support/inbox";
import type { SoakWebhook } from "./webhooks";

/** A request that the endpoint answered 2xx, and the id of the event, or of the first one, that it answered with. */
export interface Accepted {
  readonly webhook: SoakWebhook;
  readonly id: string;
  /** What its record is named by, where that is not the id. */
  readonly key?: string;
}

/** An event that is owed to the consumers. */
export interface Owed {
  readonly provider: string;
  readonly id: string;
  readonly key: string;
  /** Message group within the provider. */
  readonly group: string;
  /** Place in the order in which the queue took the events of its provider. */
  readonly position: number;
  readonly poison: boolean;
}

/** What became of what was sent. */
export interface Outcome {
  /** In the order of publishing. */
  readonly events: readonly BusEvent[];
  readonly deadLetters: readonly {
    readonly provider: string;
    readonly id: string;
    /** The payload's text. */
    readonly data?: string;
  }[];
  /** By {@link nameOf}. */
  readonly statuses: ReadonlyMap<string, string | undefined>;
  /** By provider: attempts that got no 2xx. Any of them may be in the queue all the same. */
  readonly unanswered: ReadonlyMap<string, number>;
}

/** What a soak has shown. */
export interface Judgement {
  /** Requests that were answered 2xx. */
  readonly requests: number;
  /** Events that these hold. */
  readonly accepted: number;
  readonly published: number;
  /** Events that are on the bus more than once. */
  readonly duplicatesOnBus: readonly string[];
  /** Accepted, and neither published nor in the dead-letter queue. */
  readonly lost: readonly string[];
  /** Published behind one that its group's queue had taken later. */
  readonly outOfOrder: readonly string[];
  readonly deadLettered: { readonly expected: number; readonly healthy: readonly string[] };
  /** Poison, and not in the dead-letter queue. */
  readonly poisonElsewhere: readonly string[];
  /** Events whose status in the table is not what became of them. */
  readonly wrongStatus: readonly string[];
  /** A resend that was answered as an event of its own, or a second happening that was taken for a resend. */
  readonly misidentified: readonly string[];
  /** Events of requests that got no 2xx, from a provider whose every request is an event of its own. */
  readonly ofUnanswered: number;
  /** Events that nobody sent, or more of the above than there were such requests. */
  readonly unknown: readonly string[];
}

export function nameOf({ provider, id }: { readonly provider: string; readonly id: string }): string {
  return `${provider}#${id}`;
}

/**
 * Returns the events that the accepted requests owe. Requests with the same events owe them once; where each request is an
 * event of its own, each owes one.
 * @param accepted by provider in the order of sending
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

/** Returns those behind one that its group's queue took later. @param once each once, in the order in which they came */
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

/** Accepted requests that were given the id of another event, or another id than the same webhook before. */
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

/** Sorts events that no accepted request owes into those that may be there and those that may not. */
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

/** What of it should not be; empty where all is as it must be. */
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
