import { describeError } from "./errors";
import type { GroupPorts } from "./group-ports";
import { ALONE_MS, CALL_MS, MIN_EXECUTION_MS, PROBE_MS, timeForExecution, within } from "./group-time";
import { probe } from "./probe";
import {
  EXECUTION_TIMED_OUT,
  isCausedByInput,
  type Outcome,
  type WebhookError,
  type WorkflowItem,
  type WorkflowRun,
} from "./workflow";

/** Result of running the workflow over some webhooks. */
export interface Attempt {
  readonly outcomes: readonly Outcome[];
  readonly executionArn?: string;
  /** Set if time ran out before the first webhook without an outcome was attempted. */
  readonly outOfTime?: true;
}

/**
 * Runs one execution over the items. If an item makes it fail as a whole, runs them one by one while time is left, to
 * isolate that item. Does not retry a service's failure: it would take the same time again.
 */
export async function runWorkflow(
  items: readonly WorkflowItem[],
  limitMs: number,
  ports: GroupPorts,
): Promise<Attempt> {
  const timeoutMs = timeForExecution(limitMs, ports);
  if (timeoutMs < MIN_EXECUTION_MS) return { outcomes: [], outOfTime: true };
  const run = await start(items, timeoutMs, ports);
  if (run.status === "succeeded") {
    logOutcomes(items, run, ports);
    return run;
  }
  const [first, ...others] = items;
  if (first && (others.length === 0 || !isCausedByInput(run.error))) {
    const transient = others.length > 0 || !(await isOwnFailure(first, run, timeoutMs, ports));
    const attempts = await countFailure(first, run, transient, ports);
    const outcome: Outcome = { status: "failed", error: run.error, transient, attempts };
    const attempt = { outcomes: [outcome], ...executionOf(run) };
    logOutcomes([first], attempt, ports);
    return attempt;
  }
  const outcomes: Outcome[] = [];
  for (const item of items) {
    const alone = await runWorkflow([item], limitMs, ports);
    outcomes.push(...alone.outcomes);
    if (alone.outOfTime) return { outcomes, outOfTime: true };
    if (outcomes.at(-1)?.status === "failed") return { outcomes, ...executionOf(alone) };
  }
  return { outcomes };
}

/**
 * Returns whether a webhook made its own execution fail. A time-out is the webhook's if a probe passes through all
 * services right after it: then its filter or transform takes too long on its payload.
 */
async function isOwnFailure(
  item: WorkflowItem,
  { error }: FailedRun,
  waitedMs: number,
  ports: GroupPorts,
): Promise<boolean> {
  if (isCausedByInput(error)) return true;
  if (error.code !== EXECUTION_TIMED_OUT || waitedMs < ALONE_MS) return false;
  const { provider, id, replay, sequence, receivedAt } = item;
  const about = {
    id: `probed-${sequence}-${Math.round(ports.remainingMs())}`,
    type: "inbox.probed",
    data: { provider, id, replay },
    at: receivedAt,
  } as const;
  const failure = await probe(about, ports.workflow, within(PROBE_MS, ports));
  ports.log({ event: "inbox.probed", provider, id, passed: failure === undefined, ...failure });
  return failure === undefined;
}

/** Returns the execution of a run, if known. */
export function executionOf(run: { readonly executionArn?: string }): { executionArn?: string } {
  return run.executionArn === undefined ? {} : { executionArn: run.executionArn };
}

type FailedRun = { status: "failed"; executionArn?: string; error: WebhookError };

async function start(
  items: readonly WorkflowItem[],
  timeoutMs: number,
  ports: GroupPorts,
): Promise<Extract<WorkflowRun, { status: "succeeded" }> | FailedRun> {
  try {
    return await ports.workflow.run(items, { timeoutMs });
  } catch (error) {
    return { status: "failed", error: { code: "WorkflowUnavailable", message: describeError(error) } };
  }
}

/** Records a failure and returns the count, or 1 if the table fails too: the webhook is safe in the queue. */
async function countFailure(
  item: WorkflowItem,
  run: FailedRun,
  transient: boolean,
  ports: GroupPorts,
): Promise<number> {
  try {
    const failure = { error: run.error, ...executionOf(run) };
    return await ports.records.recordFailure(item, failure, transient, within(CALL_MS, ports));
  } catch (error) {
    ports.log({ event: "webhook.record_failed", id: item.id, error: describeError(error) });
    return 1;
  }
}

function logOutcomes(items: readonly WorkflowItem[], attempt: Attempt, ports: GroupPorts): void {
  items.forEach(({ provider, id, key, replay, receivedAt, trace }, index) => {
    const { executionArn } = attempt;
    const facts = { provider, id, key, replay, receivedAt, executionArn, trace };
    const outcome = attempt.outcomes[index];
    ports.log({ event: "webhook.processed", ...facts, ...outcome });
    for (const undelivered of (outcome?.status === "published" && outcome.undelivered) || []) {
      const about = { provider, id, key, replay, executionArn };
      ports.log({ event: "webhook.undelivered", ...about, ...undelivered });
    }
  });
}
