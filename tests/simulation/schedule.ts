import fc from "fast-check";

/**
 * Properties of a webhook.
 * - `large`: its payload is passed by reference; `bulky`: it is inline, and few such payloads fill an execution.
 * - `filtered`: the provider's filter drops it.
 * - poison: `breaks-transform` fails alone, `breaks-execution` makes the whole execution fail,
 *   `breaks-contract` is rejected by the bus for its content, `breaks-clock` keeps its execution busy until it times
 * out,
 *   `breaks-function` crashes the processing function, with everything in its batch.
 */
export type Kind =
  | "plain"
  | "large"
  | "bulky"
  | "filtered"
  | "breaks-transform"
  | "breaks-execution"
  | "breaks-contract"
  | "breaks-clock"
  | "breaks-function";

export const isPoison = (kind: Kind) => kind.startsWith("breaks-");

/**
 * What distinguishes a duplicate from a second event: an id in the signed body; an unsigned id in a header, with a body
 * that is the same for each event; or nothing, so that each request is an event of its own.
 */
export type KnownBy = "event-id" | "delivery-id" | "nothing";

export interface PlannedWebhook {
  readonly group: number;
  readonly kind: Kind;
  /** What identifies the event. @default "event-id" */
  readonly knownBy?: KnownBy;
  /** Further events in the same request, each of which is published separately. All have ids. */
  readonly others?: readonly { readonly group: number; readonly kind: Kind }[];
  /**
   * Time at which an attacker sends a captured body with the id in this webhook's header, in milliseconds from the
   * start.
   */
  readonly usurpedAt?: number | undefined;
  /** Times at which its provider sends it, in milliseconds from the start. All after the first are duplicates. */
  readonly sentAt: readonly number[];
}

/** Names of all calls that can fail. */
export const CALLS = [
  "payloads.put",
  "records.claim",
  "queue.send",
  "ingest.answer",
  "queue.receive",
  "workflow.start",
  "workflow.lookUp",
  "workflow.publish",
  "workflow.record",
  "records.recordFailure",
  "records.recordDeadLettered",
  "deadLetters.send",
  "queue.retryAfter",
  "queue.delete",
  "breaker.open",
  "records.noteRedrive",
  "queue.redrive",
  "deadLetters.remove",
  "pauses.read",
  "held.add",
  "held.begin",
  "held.finish",
] as const;

/** Names of the calls for consumers, by the workflow and by the delivery function. */
const CONSUMER_CALLS = [
  "consumers.send",
  "deliveries.read",
  "deliveries.write",
  "deliveries.retryAfter",
  "deliveries.deadLetter",
  "deliveries.delete",
] as const;
export type Call = (typeof CALLS)[number] | (typeof CONSUMER_CALLS)[number];

/**
 * How the server of a consumer over HTTP answers. In this order: at once; the first two calls for each event with 503;
 * the first call for each event never; after 14 seconds; every call with 422; every call with 410 until an operator
 * resumes the consumer, an hour later.
 */
export const ANSWERS = ["takes", "fails", "hangs", "slow", "rejects", "gone"] as const;

/** A consumer over HTTP. Times are in milliseconds from the start. */
export interface PlannedConsumer {
  readonly answers: (typeof ANSWERS)[number];
  /** Times at which an operator pauses it and resumes it. */
  readonly paused?: { readonly from: number; readonly until: number } | undefined;
  /** Time at which its queue is deleted, with the messages that wait in it. */
  readonly removedAt?: number | undefined;
}

/** Names of the calls with which the recovery function redrives. */
const RECOVERY_CALLS = ["records.noteRedrive", "queue.redrive", "deadLetters.remove"] as const;

/**
 * Kinds of faults:
 * - `fails`: no effect, and an error; several in a row are throttling.
 * - `times-out`: takes effect, but the answer never comes.
 * - `hangs`: no effect, and the answer never comes.
 * - `drags`: takes effect, and answers just before its caller would give up.
 * - `partial`: takes effect on a part. The same as `fails` for calls that have no parts.
 * - `repeats`: takes effect twice, as when a client loses the first answer. A workflow is not started twice; there it
 *   continues after its starter has received an error.
 * - `dies`: the caller dies before the effect, and its other calls in flight are lost with it.
 * - `dies-after`: the caller dies after the effect, and its other calls in flight still take effect.
 */
export const FAULT_KINDS = [
  "fails",
  "times-out",
  "hangs",
  "drags",
  "partial",
  "repeats",
  "dies",
  "dies-after",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly call: Call;
  /** Number of the first call of this name that fails, from 0. */
  readonly nth: number;
  /** Number of consecutive calls that fail. */
  readonly times: number;
  readonly kind: FaultKind;
}

/** A time in which a service answers only errors, or not at all. Times are in milliseconds from the start. */
export interface Outage {
  readonly service: keyof typeof CALLS_OF;
  readonly kind: "fails" | "hangs";
  readonly from: number;
  readonly until: number;
}

/** A time in which Lambda does not run the processing function. Times are in milliseconds from the start. */
export interface Throttling {
  readonly from: number;
  readonly until: number;
}

/** A time in which an operator has paused the provider. Times are in milliseconds from the start. */
export interface Pause {
  readonly from: number;
  readonly until: number;
}

export const CALLS_OF = {
  workflow: ["workflow.start"],
  bus: ["workflow.publish"],
  table: [
    "records.claim",
    "workflow.lookUp",
    "workflow.record",
    "records.recordFailure",
    "records.recordDeadLettered",
    "pauses.read",
    "held.add",
    "held.begin",
    "held.finish",
  ],
} as const satisfies Readonly<Record<string, readonly Call[]>>;

export interface Schedule {
  readonly webhooks: readonly PlannedWebhook[];
  readonly faults: readonly Fault[];
  readonly outage?: Outage | undefined;
  readonly throttling?: Throttling | undefined;
  readonly pause?: Pause | undefined;
  /** Milliseconds that the calls take, used in turn. */
  readonly latencies: readonly number[];
  /** Attempts after which a provider gives up. */
  readonly patience: number;
  /** @default none */
  readonly consumers?: readonly PlannedConsumer[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const kind = fc.oneof(
  { weight: 24, arbitrary: fc.constant<Kind>("plain") },
  { weight: 6, arbitrary: fc.constantFrom<Kind>("breaks-transform", "breaks-execution", "breaks-contract") },
  { weight: 1, arbitrary: fc.constant<Kind>("breaks-clock") },
  { weight: 3, arbitrary: fc.constant<Kind>("filtered") },
  { weight: 2, arbitrary: fc.constantFrom<Kind>("large", "bulky") },
);

const sentAt = fc.oneof(
  { weight: 6, arbitrary: fc.nat(100) },
  { weight: 2, arbitrary: fc.nat(30 * SECOND) },
  { weight: 2, arbitrary: fc.nat(12 * MINUTE) },
  { weight: 1, arbitrary: fc.nat(3 * DAY) },
);

/** Group 0 for two of three webhooks, otherwise group 1. */
const group = fc.nat(2).map((one) => one >> 1);
const sent = { group, kind, sentAt: fc.array(sentAt, { minLength: 1, maxLength: 3 }) };

const webhook: fc.Arbitrary<PlannedWebhook> = fc.oneof(
  { weight: 4, arbitrary: fc.record(sent) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...sent,
      others: fc.array(fc.record({ group, kind }), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...sent,
      knownBy: fc.constant<KnownBy>("delivery-id"),
      usurpedAt: fc.option(sentAt, { nil: undefined, freq: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...sent, knownBy: fc.constant<KnownBy>("nothing") }) },
);

const fault: fc.Arbitrary<Fault> = fc.record({
  call: fc.constantFrom(...CALLS),
  nth: fc.nat(6),
  times: fc.constantFrom(1, 1, 1, 2, 3),
  kind: fc.constantFrom(...FAULT_KINDS),
});

/** Longest outage: longer than all receives of a message would last without the breaker. */
const MAX_OUTAGE = 40 * MINUTE;

const outage: fc.Arbitrary<Outage> = fc
  .record({
    service: fc.constantFrom("workflow", "bus", "table"),
    kind: fc.constantFrom("fails", "hangs"),
    from: sentAt,
    lasts: fc.integer({ min: SECOND, max: MAX_OUTAGE }),
  })
  .map(({ service, kind, from, lasts }) => ({ service, kind, from, until: from + lasts }));

function healthy(webhook: PlannedWebhook): PlannedWebhook {
  const cured = <T extends { readonly kind: Kind }>(one: T): T =>
    isPoison(one.kind) ? { ...one, kind: "plain" } : one;
  const { others } = webhook;
  return { ...cured(webhook), ...(others && { others: others.map(cured) }) };
}

const healthyWebhooks = fc
  .array(webhook, { minLength: 1, maxLength: 6 })
  .map((webhooks) => webhooks.map(healthy));

const quiet = {
  webhooks: healthyWebhooks,
  faults: fc.constant([]),
  latencies: fc.array(fc.nat(60), { minLength: 1, maxLength: 12 }),
  patience: fc.integer({ min: 1, max: 5 }),
};

/** Schedules with an outage among healthy webhooks, and no other fault. */
export const outages: fc.Arbitrary<Schedule> = fc.record({ ...quiet, outage });

const throttling = (lasts: fc.Arbitrary<number>): fc.Arbitrary<Throttling> =>
  fc.record({ from: sentAt, lasts }).map(({ from, lasts }) => ({ from, until: from + lasts }));

/** Returns schedules whose processing function is throttled for at most this many minutes, without other faults. */
export const throttled = (minutes: number): fc.Arbitrary<Schedule> =>
  fc.record({ ...quiet, throttling: throttling(fc.integer({ min: SECOND, max: minutes * MINUTE })) });

/**
 * Schedules with a throttled processing function, and faults in the recovery that then redrives the dead letters of
 * SQS.
 */
export const throttledWithFaults: fc.Arbitrary<Schedule> = fc.record({
  ...quiet,
  throttling: throttling(fc.integer({ min: 10 * MINUTE, max: MAX_OUTAGE })),
  faults: fc.array(
    fc.record({
      call: fc.constantFrom(...RECOVERY_CALLS),
      nth: fc.nat(6),
      times: fc.constantFrom(1, 2),
      kind: fc.constantFrom(...FAULT_KINDS),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const pause: fc.Arbitrary<Pause> = fc
  .record({
    from: fc.integer({ min: 0, max: 3 * MINUTE }),
    lasts: fc.integer({ min: SECOND, max: 20 * MINUTE }),
  })
  .map(({ from, lasts }) => ({ from, until: from + lasts }));

/** Schedules with a pause of the provider among healthy webhooks. */
export const pausedSchedules: fc.Arbitrary<Schedule> = fc.record({ ...quiet, pause });

/** Random schedules with faults, duplicates and poison: few groups and few webhooks, so that they affect each other. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  webhooks: fc.array(webhook, { minLength: 1, maxLength: 6 }),
  faults: fc.array(fault, { maxLength: 5 }),
  outage: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: outage }),
  throttling: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: throttling(fc.integer({ min: SECOND, max: MAX_OUTAGE })) },
  ),
  pause: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: pause }),
  latencies: fc.array(fc.nat(60), { minLength: 1, maxLength: 12 }),
  patience: fc.integer({ min: 1, max: 5 }),
});

const consumer: fc.Arbitrary<PlannedConsumer> = fc.record({
  answers: fc.constantFrom(...ANSWERS),
  paused: fc.option(
    fc
      .record({ from: sentAt, lasts: fc.integer({ min: SECOND, max: 60 * MINUTE }) })
      .map(({ from, lasts }) => ({ from, until: from + lasts })),
    { nil: undefined, freq: 3 },
  ),
  removedAt: fc.option(sentAt, { nil: undefined, freq: 3 }),
});

/** Random schedules with two consumers and faults in the calls for them. One of the consumers is always healthy. */
export const schedulesWithConsumers: fc.Arbitrary<Schedule> = fc
  .record({
    schedule: schedules,
    bad: consumer,
    faults: fc.array(
      fc.record({
        call: fc.constantFrom<Call>(...CONSUMER_CALLS),
        nth: fc.nat(6),
        times: fc.constantFrom(1, 1, 1, 2, 3),
        kind: fc.constantFrom(...FAULT_KINDS),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ schedule, bad, faults }) => ({
    ...schedule,
    faults: [...schedule.faults, ...faults],
    consumers: [{ answers: "takes" }, bad],
  }));
