import { outOfOrder, type Owed } from "./judge";

/** An event that a consumer took, and when in milliseconds since the epoch. */
export interface Handled {
  readonly name: string;
  readonly at: number;
}

/** What reached a consumer. Events are named as by `nameOf`. */
export interface ConsumerOutcome {
  readonly consumer: string;
  /** What is on the bus, and that it wants. */
  readonly wanted: ReadonlySet<string>;
  /** Those of them that it never takes. */
  readonly rejected: ReadonlySet<string>;
  readonly handled: readonly Handled[];
  readonly deadLetters: readonly string[];
  /** Those that its server has failed as often as is attempted, by bad luck. */
  readonly exhausted: ReadonlySet<string>;
  /** Whether docs/guarantees.md allows this second handling. */
  readonly mayRepeat: (repeat: Repeat) => boolean;
}

/** A second handling of an event. */
export interface Repeat {
  readonly name: string;
  readonly first: number;
  readonly second: number;
}

/** What a soak has shown of one consumer. */
export interface ConsumerJudgement {
  readonly consumer: string;
  readonly wanted: number;
  readonly handled: number;
  /** On the bus, and neither handled nor in the consumer's dead-letter queue. */
  readonly lost: readonly string[];
  /** Handled first behind one that its group's queue had taken later. */
  readonly outOfOrder: readonly string[];
  /** Handled again after a crash of which docs/guarantees.md says so, and without one. */
  readonly repeatedByACrash: number;
  readonly repeated: readonly string[];
  /** Refused, and in the dead-letter queue. */
  readonly deadLettered: number;
  /** Healthy, and attempted as often as is configured. */
  readonly exhausted: number;
  readonly healthyDeadLettered: readonly string[];
  /** Refused, and not in the dead-letter queue. */
  readonly rejectedElsewhere: readonly string[];
  /** Handled, and not on the bus. */
  readonly unknown: readonly string[];
}

/** Compares what a consumer took with what is on the bus. */
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

/** What of it should not be; empty where all is as it must be. */
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
