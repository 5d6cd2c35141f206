import { outOfOrder, type Owed } from "./judge";

/** An event that a consumer handled, and when, in milliseconds since the epoch. */
export interface Handled {
  readonly name: string;
  readonly at: number;
}

/** Everything that reached a consumer. Events are named as by `nameOf`. */
export interface ConsumerOutcome {
  readonly consumer: string;
  /** Events on the bus that the consumer wants. */
  readonly wanted: ReadonlySet<string>;
  /** Wanted events that the consumer always rejects. */
  readonly rejected: ReadonlySet<string>;
  readonly handled: readonly Handled[];
  readonly deadLetters: readonly string[];
  /** Events that its server has, by chance, failed for as many attempts as are made. */
  readonly exhausted: ReadonlySet<string>;
  /** Returns whether docs/guarantees.md allows this second handling. */
  readonly mayRepeat: (repeat: Repeat) => boolean;
}

/** A second handling of an event. */
export interface Repeat {
  readonly name: string;
  readonly first: number;
  readonly second: number;
}

/** Result of a soak for one consumer. */
export interface ConsumerJudgement {
  readonly consumer: string;
  readonly wanted: number;
  readonly handled: number;
  /** Events that are on the bus, and neither handled nor in the consumer's dead-letter queue. */
  readonly lost: readonly string[];
  /** Events that were first handled after one that the queue had accepted later in their group. */
  readonly outOfOrder: readonly string[];
  /** Second handlings after a crash, as docs/guarantees.md allows them, and other ones. */
  readonly repeatedByACrash: number;
  readonly repeated: readonly string[];
  /** Number of rejected events in the dead-letter queue. */
  readonly deadLettered: number;
  /** Number of dead-lettered events that are healthy, but failed as often as attempts are configured. */
  readonly exhausted: number;
  readonly healthyDeadLettered: readonly string[];
  /** Rejected events that are not in the dead-letter queue, or were handled. */
  readonly rejectedElsewhere: readonly string[];
  /** Events that were handled, but are not on the bus. */
  readonly unknown: readonly string[];
}

/** Compares what a consumer handled with what is on the bus. */
export function judgeConsumer(outcome: ConsumerOutcome, owed: readonly Owed[]): ConsumerJudgement {
  const { consumer, wanted, rejected, exhausted } = outcome;
  const once = new Set(outcome.handled.map(({ name }) => name));
  const deadLetters = new Set(outcome.deadLetters);
  const healthyDeadLettered = [...deadLetters].filter((name) => !rejected.has(name));
  const repeats = repeatsOf(outcome.handled);
  const without = repeats.filter((repeat) => !outcome.mayRepeat(repeat));
  return {
    consumer,
    wanted: wanted.size,
    handled: once.size,
    lost: [...wanted].filter((name) => !once.has(name) && !deadLetters.has(name)),
    outOfOrder: outOfOrder(once, owed),
    repeatedByACrash: repeats.length - without.length,
    repeated: without.map(({ name }) => name),
    deadLettered: [...deadLetters].filter((name) => rejected.has(name)).length,
    exhausted: healthyDeadLettered.filter((name) => exhausted.has(name)).length,
    healthyDeadLettered: healthyDeadLettered.filter((name) => !exhausted.has(name)),
    rejectedElsewhere: [...rejected].filter((name) => !deadLetters.has(name) || once.has(name)),
    unknown: [...once].filter((name) => !wanted.has(name)),
  };
}

function repeatsOf(handled: readonly Handled[]): readonly Repeat[] {
  const last = new Map<string, number>();
  return handled.flatMap(({ name, at }) => {
    const first = last.get(name);
    last.set(name, at);
    return first === undefined ? [] : [{ name, first, second: at }];
  });
}

/** Returns the faults that the judgement contains; empty if there are none. */
export function consumerFindings(judgement: ConsumerJudgement): readonly string[] {
  const named: [string, readonly string[]][] = [
    ["lost", judgement.lost],
    ["out of order", judgement.outOfOrder],
    ["handled twice, and no crash came between", judgement.repeated],
    ["healthy and dead-lettered", judgement.healthyDeadLettered],
    ["rejected and not dead-lettered", judgement.rejectedElsewhere],
    ["handled and not on the bus", judgement.unknown],
  ];
  return named
    .filter(([, names]) => names.length > 0)
    .map(
      ([what, names]) => `${judgement.consumer}: ${names.length} ${what}: ${names.slice(0, 5).join(", ")}`,
    );
}
