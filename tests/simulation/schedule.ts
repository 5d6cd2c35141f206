import fc from "fast-check";

/**
 * What is special about a webhook.
 * - `large`: its payload travels by reference; `bulky`: it travels inline, and few of them fill an execution.
 * - `filtered`: the provider's filter leaves it out.
 * - poison: `breaks-transform` fails alone, `breaks-execution` takes the whole execution down,
 *   `breaks-contract` is rejected by the bus for its content, `breaks-clock` keeps its execution busy until that times out,
 *   `breaks-function` crashes the processing function, with everything that is in its batch.
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
 * What distinguishes a duplicate from a second happening: an id in the signed body; an unsigned one in a header, beside a body
 * that is the same for each happening; or nothing, so that each request is an event of its own.
 */
export type KnownBy = "event-id" | "delivery-id" | "nothing";

export interface PlannedWebhook {
  readonly group: number;
  readonly kind: Kind;
  /** @default "event-id" */
  readonly knownBy?: KnownBy;
  /** Further events in the same request, each of which is published by itself. All have ids. */
  readonly others?: readonly { readonly group: number; readonly kind: Kind }[];
  /** When a stranger sends a captured body under the id in this webhook's header. */
  readonly usurpedAt?: number | undefined;
  /** When its provider sends it, in milliseconds from the start; every one after the first is a duplicate. */
  readonly sentAt: readonly number[];
}

/** Every call whose failure an operator has to live with. */
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

/** Those of the workflow and of the delivery function for consumers. */
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
 * How the server of a consumer over HTTP answers: at once; each event's first two calls with 503; each first call never; after 14
 * seconds; all with 422; with 410 until an operator resumes it, an hour later.
 */
export const ANSWERS = ["takes", "fails", "hangs", "slow", "rejects", "gone"] as const;

/** A consumer over HTTP. Times are in milliseconds from the start. */
export interface PlannedConsumer {
  readonly answers: (typeof ANSWERS)[number];
  /** When an operator pauses it, and resumes it. */
  readonly paused?: { readonly from: number; readonly until: number } | undefined;
  /** When its queue is deleted, with what waits in it. */
  readonly removedAt?: number | undefined;
}

/** Those of the recovery function, when it redrives. */
const RECOVERY_CALLS = ["records.noteRedrive", "queue.redrive", "deadLetters.remove"] as const;

/**
 * - `fails`: no effect, and an error; several in a row are throttling.
 * - `times-out`: takes effect, and the answer never comes.
 * - `hangs`: no effect, and the answer never comes.
 * - `drags`: takes effect, and answers just before its caller would give up.
 * - `partial`: takes effect on a part. Where there are no parts it is `fails`.
 * - `repeats`: takes effect twice, as a client does that lost the first answer. A started workflow is not started
 *   twice; there it runs on after its starter has seen an error.
 * - `dies`: the caller dies before the effect, and its other calls under way are lost with it.
 * - `dies-after`: the caller dies after the effect, and its other calls under way still take effect.
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
  /** The first call of this name that it hits, counted from 0. */
  readonly nth: number;
  /** How many of them in a row. */
  readonly times: number;
  readonly kind: FaultKind;
}

/** A service that answers nothing but errors for a while, or nothing at all. Times are in milliseconds from the start. */
export interface Outage {
  readonly service: keyof typeof CALLS_OF;
  readonly kind: "fails" | "hangs";
  readonly from: number;
  readonly until: number;
}

/** Lambda does not run the processing function. Times are in milliseconds from the start. */
export interface Throttling {
  readonly from: number;
  readonly until: number;
}

/** An operator pauses the provider, and resumes it. Times are in milliseconds from the start. */
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
  /** Milliseconds that calls take, in turn. */
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

/** Two of three are in the first group. */
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

/** Longer than the receives of a message would last without the breaker. */
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

/** Nothing but an outage that begins among healthy webhooks. */
export const outages: fc.Arbitrary<Schedule> = fc.record({ ...quiet, outage });

const throttling = (lasts: fc.Arbitrary<number>): fc.Arbitrary<Throttling> =>
  fc.record({ from: sentAt, lasts }).map(({ from, lasts }) => ({ from, until: from + lasts }));

/** Nothing but a processing function that is throttled for this many minutes at most, among healthy webhooks. */
export const throttled = (minutes: number): fc.Arbitrary<Schedule> =>
  fc.record({ ...quiet, throttling: throttling(fc.integer({ min: SECOND, max: minutes * MINUTE })) });

/** The same, with faults in the recovery that redrives what SQS dead-lettered meanwhile. */
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

/** A pause of the provider among healthy webhooks. */
export const pausedSchedules: fc.Arbitrary<Schedule> = fc.record({ ...quiet, pause });

/** Random schedules: few groups and few webhooks, so that they meet; faults, duplicates and poison among them. */
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

/** The same with consumers, and faults on the way to them; one of two is healthy all the time. */
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
