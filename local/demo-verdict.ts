/** One request of the demo, with its answer. */
export interface Delivery {
  readonly provider: string;
  readonly what: string;
  /** Expected status code of the answer. */
  readonly expected: number;
  readonly answer: number;
  /** Whether the webhook must become an event, unlike a challenge, a duplicate or a rejected request. */
  readonly isEvent: boolean;
  /** Error in the answer other than its status code. */
  readonly wrong?: string;
  /** Event id, if the webhook was accepted. */
  readonly id?: string;
}

/** One event on the bus. Lists of events are in the order of publishing. */
export interface PublishedEvent {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly execution: string;
}

export interface VerdictRow extends Delivery {
  readonly status?: string;
  /** Position among the events on the bus, from 1. */
  readonly position?: number;
  readonly type?: string;
  readonly execution?: string;
}

export interface Verdict {
  /** Whether every accepted webhook is published. */
  readonly complete: boolean;
  readonly published: number;
  /** Number of different providers with a published event. */
  readonly providers: number;
  readonly rejected: number;
  readonly rows: readonly VerdictRow[];
  /** Descriptions of what went wrong; empty if all is well. */
  readonly problems: readonly string[];
}

/**
 * Compares what happened with what should have happened: every answer as expected, every accepted webhook on the bus
 * once, in the order in which its provider's webhooks were sent, and nothing else on the bus.
 * @param statuses of the deliveries' records, in their order; undefined if a delivery has no event id
 */
export function judge(
  deliveries: readonly Delivery[],
  statuses: readonly (string | undefined)[],
  events: readonly PublishedEvent[],
): Verdict {
  const nameOf = ({ provider, id }: { provider: string; id?: string }) => `${provider}#${id}`;
  const isAccepted = ({ isEvent, id }: Delivery) => isEvent && id !== undefined;
  const accepted = deliveries.filter(isAccepted);
  const expected = accepted.map(nameOf);
  const seen = events.map(nameOf);
  const orderOf = (names: readonly string[], provider: string) =>
    names.filter((name) => name.startsWith(`${provider}#`)).join();

  const rows = deliveries.map((delivery, index): VerdictRow => {
    const position = delivery.id === undefined ? -1 : seen.indexOf(nameOf(delivery));
    const event = events[position];
    const status = statuses[index];
    return {
      ...delivery,
      ...(status !== undefined && { status }),
      ...(event && { position: position + 1, type: event.type, execution: event.execution }),
    };
  });
  const unfinished = rows.filter((row) => isAccepted(row) && row.status !== "published");
  const missing = expected.filter((name) => !seen.includes(name));
  const surplus = seen.filter((name, index) => !expected.includes(name) || seen.indexOf(name) !== index);
  const providers = [...new Set(accepted.map(({ provider }) => provider))];
  const disordered = providers.filter((provider) => orderOf(seen, provider) !== orderOf(expected, provider));
  const untold = rows.filter(
    ({ isEvent, answer, expected, id }) => isEvent && answer === expected && id === undefined,
  );
  return {
    complete: unfinished.length === 0 && missing.length === 0,
    published: events.length,
    providers: new Set(events.map(({ provider }) => provider)).size,
    rejected: deliveries.filter(({ answer }) => answer >= 400).length,
    rows,
    problems: [
      ...rows
        .filter(({ answer, expected: wanted }) => answer !== wanted)
        .map((row) => `${row.provider}, ${row.what}: answered ${row.answer}, not ${row.expected}`),
      ...rows
        .filter(({ wrong }) => wrong !== undefined)
        .map((row) => `${row.provider}, ${row.what}: ${row.wrong}`),
      ...untold.map((row) => `${row.provider}, ${row.what}: it became no event`),
      ...unfinished.map((row) => `${row.provider}, ${row.what}: its status is ${row.status}, not published`),
      ...missing.map((name) => `${name}: not on the bus`),
      ...surplus.map((name) => `${name}: on the bus and should not be, or once too often`),
      ...(missing.length + surplus.length > 0
        ? []
        : disordered.map((provider) => `${provider}: published in another order than sent`)),
    ],
  };
}
