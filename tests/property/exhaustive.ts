import { violations } from "./rules";
import { FAULT_KINDS, type Call, type Fault, type FaultKind, type Kind, type Schedule } from "./schedule";
import { run, type History } from "./world";

/** Every fault at every call. */
export const ALL_KINDS: FaultKinds = () => FAULT_KINDS;

/**
 * One of each sort that differs in what it leaves behind. Of the others each leaves the same as one of these, here or
 * at the call before or after: a task that fails and is retried leaves nothing, a death before a call is one after the
 * call before it.
 */
export const DISTINCT_KINDS: FaultKinds = (call) => DISTINCT[call];

const DISTINCT: Readonly<Record<Call, readonly FaultKind[]>> = {
  "payloads.put": ["fails"],
  "records.claim": ["fails"],
  "queue.send": ["fails", "times-out"],
  "door.answer": ["dies"],
  "queue.receive": ["dies-after"],
  "workflow.start": ["fails", "repeats", "dies-after"],
  "workflow.lookUp": ["partial"],
  "workflow.publish": ["times-out", "partial", "dies-after"],
  "workflow.record": ["dies"],
  "records.recordFailure": ["fails", "times-out"],
  "records.recordDeadLettered": ["fails"],
  "deadLetters.park": ["fails", "times-out", "dies-after"],
  "queue.retryAfter": ["fails", "partial"],
  "queue.delete": ["fails", "partial"],
};

type FaultKinds = (call: Call) => readonly FaultKind[];

/** A fault of each kind at every call that a run has made from the given one on. */
function faultsFrom(
  history: History,
  start: number,
  kinds: FaultKinds,
): readonly { readonly fault: Fault; readonly index: number }[] {
  return history.calls.flatMap(({ call, nth }, index) =>
    index < start ? [] : kinds(call).map((kind) => ({ fault: { call, nth, times: 1, kind }, index })),
  );
}

/** What the queue takes in one go arrives side by side; what comes later finds the first batch taken. */
const ARRIVALS: readonly (readonly number[])[] = [
  [0, 0, 0],
  [0, 0, 200],
  [0, 200, 200],
  [0, 200, 400],
];

/** Which of the three, if any, is poison. Healthy ones are interchangeable, so orders of them are one and the same. */
const KINDS: readonly (readonly Kind[])[] = [
  ["plain", "plain", "plain"],
  ["breaks-transform", "plain", "plain"],
  ["plain", "breaks-transform", "plain"],
];

export const ONE_GROUP: readonly (readonly number[])[] = [[0, 0, 0]];
export const TWO_GROUPS: readonly (readonly number[])[] = [
  [0, 0, 1],
  [0, 1, 0],
  [0, 1, 1],
];

/** Schedules of three webhooks without a fault: every way in which they come in and fall into batches. */
export function interleavings(groups: readonly (readonly number[])[]): readonly Schedule[] {
  return groups.flatMap((group) =>
    KINDS.flatMap((kinds) =>
      ARRIVALS.map((arrival) => ({
        webhooks: kinds.map((kind, index) => ({
          kind,
          group: group[index]!,
          sentAt: [arrival[index]!],
        })),
        faults: [],
        latencies: [5, 10, 15],
        patience: 3,
      })),
    ),
  );
}

/** Runs every schedule with every choice of up to so many faults. Tells the number of cases and those that broke a rule. */
export async function explore(
  schedules: readonly Schedule[],
  maxFaults: number,
  kinds: FaultKinds,
): Promise<{
  readonly cases: number;
  readonly broken: readonly { schedule: Schedule; violations: readonly string[] }[];
}> {
  const broken: { schedule: Schedule; violations: readonly string[] }[] = [];
  let cases = 0;
  const visit = async (schedule: Schedule, start: number): Promise<void> => {
    const history = await run(schedule);
    cases += 1;
    const found = violations(history);
    if (found.length > 0) broken.push({ schedule, violations: found });
    if (schedule.faults.length === maxFaults) return;
    for (const { fault, index } of faultsFrom(history, start, kinds)) {
      // The run is the same up to this call, so calls before it need no second look.
      await visit({ ...schedule, faults: [...schedule.faults, fault] }, index + 1);
    }
  };
  for (const schedule of schedules) await visit(schedule, 0);
  return { cases, broken };
}
