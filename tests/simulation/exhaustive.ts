import type { Made } from "./calls";
import { violations } from "./rules";
import {
  ANSWERS,
  FAULT_KINDS,
  type Call,
  type Fault,
  type FaultKind,
  type Kind,
  type PlannedConsumer,
  type Schedule,
} from "./schedule";
import { run } from "./world";

/** Every kind of fault, for every call. */
export const ALL_KINDS: FaultKinds = () => FAULT_KINDS;

/**
 * Kinds of faults that differ in their result, one for each result. A payload that was not put, and a message that was
 * sent without an answer, are the same as a request without an answer; a failed look-up the same as a failed execution;
 * a death after publishing the same as one before recording; and a message that was not deleted the same as one whose
 * processor died.
 */
export const DISTINCT_KINDS: FaultKinds = (call) => DISTINCT[call];

const DISTINCT: Readonly<Record<Call, readonly FaultKind[]>> = {
  "payloads.put": [],
  "records.claim": ["fails"],
  "queue.send": ["fails"],
  "ingest.answer": ["dies"],
  "queue.receive": ["dies-after"],
  "workflow.start": ["fails", "hangs", "repeats", "dies-after"],
  "workflow.lookUp": [],
  "workflow.publish": ["times-out", "partial"],
  "workflow.record": ["dies"],
  "records.recordFailure": ["fails", "times-out"],
  "records.recordDeadLettered": ["fails"],
  "deadLetters.send": ["fails", "times-out", "dies-after"],
  "queue.retryAfter": ["fails", "partial"],
  "queue.delete": ["partial"],
  "breaker.open": ["fails"],
  "records.noteRedrive": ["fails"],
  "queue.redrive": ["fails", "dies-after"],
  "deadLetters.remove": ["fails"],
  "consumers.send": ["fails", "times-out"],
  "deliveries.read": ["fails"],
  "deliveries.write": ["fails", "times-out", "dies", "dies-after"],
  "deliveries.retryAfter": ["fails"],
  "deliveries.deadLetter": ["fails", "times-out"],
  "deliveries.delete": ["fails"],
  // If the pauses cannot be read, the batch goes back as at any failed service. Without a pause nothing is held.
  "pauses.read": ["fails"],
  "held.add": [],
  "held.begin": [],
  "held.finish": [],
};

type FaultKinds = (call: Call) => readonly FaultKind[];

/**
 * Times of arrival, in milliseconds. Webhooks at the same time come into one batch, later ones find it in processing.
 */
const ARRIVALS: readonly (readonly number[])[] = [
  [0, 0, 0],
  [0, 0, 200],
  [0, 200, 200],
  [0, 200, 400],
];

/** Three webhooks, with their groups and whether one of them is poison. */
export type Trio = readonly { readonly group: number; readonly kind: Kind }[];

const trio = (groups: readonly number[], poison?: number): Trio =>
  groups.map((group, index) => ({ group, kind: index === poison ? "breaks-transform" : "plain" }));

/**
 * Healthy webhooks of a group are interchangeable, so different orders of them are one case. A poison webhook at the
 * end affects no other, so it is no case.
 */
export const ONE_GROUP: readonly Trio[] = [trio([0, 0, 0]), trio([0, 0, 0], 0), trio([0, 0, 0], 1)];
export const TWO_GROUPS: readonly Trio[] = [
  [0, 0, 1],
  [0, 1, 0],
  [0, 1, 1],
].flatMap((groups) => [trio(groups), trio(groups, 0)]);

/** Consumers of every kind. */
export const CONSUMERS: readonly PlannedConsumer[] = [
  ...ANSWERS.map((answers) => ({ answers })),
  { answers: "takes", paused: { from: 0, until: 600_000 } },
  { answers: "fails", removedAt: 300 },
];

/** Returns schedules without a fault: every way in which three webhooks arrive and are grouped into batches. */
export function interleavings(trios: readonly Trio[]): readonly Schedule[] {
  return trios.flatMap((webhooks) =>
    ARRIVALS.map((arrival) => ({
      webhooks: webhooks.map((webhook, index) => ({ ...webhook, sentAt: [arrival[index]!] })),
      faults: [],
      latencies: [5, 10, 15],
      patience: 3,
    })),
  );
}

interface Placed {
  readonly fault: Fault;
  readonly made: Made;
}

/**
 * Returns whether two faults can affect each other. Those in different groups that kill no process cannot: each alone
 * is a case already.
 */
function meet(one: Placed, other: Placed, { webhooks }: Schedule): boolean {
  const kills = ({ fault }: Placed) => fault.kind === "dies" || fault.kind === "dies-after";
  const groups = new Set(
    [...one.made.ids, ...other.made.ids].map((id) => webhooks[Number(id.slice(1))]?.group),
  );
  return groups.size === 1 || kills(one) || kills(other);
}

export interface Explored {
  readonly cases: number;
  readonly broken: readonly { readonly schedule: Schedule; readonly violations: readonly string[] }[];
}

/** Runs every schedule with every combination of up to `maxFaults` faults. */
export async function explore(
  schedules: readonly Schedule[],
  maxFaults: number,
  kinds: FaultKinds,
): Promise<Explored> {
  const broken: { schedule: Schedule; violations: readonly string[] }[] = [];
  let cases = 0;
  const visit = async (schedule: Schedule, start: number, last?: Placed): Promise<void> => {
    const history = await run(schedule);
    cases += 1;
    const found = violations(history);
    if (found.length > 0) broken.push({ schedule, violations: found });
    if (schedule.faults.length === maxFaults) return;
    // Skip the calls before the last fault: up to there the run is the same as without it.
    for (let index = start; index < history.calls.length; index += 1) {
      const made = history.calls[index]!;
      for (const kind of kinds(made.call)) {
        const fault = { call: made.call, nth: made.nth, times: 1, kind };
        const placed = { fault, made };
        if (last && !meet(last, placed, schedule)) continue;
        await visit({ ...schedule, faults: [...schedule.faults, fault] }, index + 1, placed);
      }
    }
  };
  for (const schedule of schedules) await visit(schedule, 0);
  return { cases, broken };
}
