import type { Execution, StateVisit } from "./model";

/** One event of an execution, from its history or its log. */
export interface HistoryEvent {
  readonly id: number;
  /** Id of the preceding event; 0 or absent if unknown. */
  readonly previousId?: number;
  readonly type: string;
  /** Time of the event, RFC 3339. */
  readonly at: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A visit while it is assembled from events. */
type Visit = { -readonly [K in keyof StateVisit]: StateVisit[K] };

const ENDS: Readonly<Record<string, Execution["status"]>> = {
  ExecutionSucceeded: "SUCCEEDED",
  ExecutionFailed: "FAILED",
  ExecutionTimedOut: "TIMED_OUT",
  ExecutionAborted: "ABORTED",
};

const OUT_OF_TIME = { code: "States.Timeout", message: "The execution reached its time limit here." };

/** Types of events that say that an attempt of a Task state failed. */
const TASK_FAILURES = new Set(["TaskFailed", "TaskTimedOut", "TaskSubmitFailed", "TaskStartFailed"]);

/** Returns an execution made of its events; undefined if there are none. */
export function readExecution(arn: string, events: readonly HistoryEvent[]): Execution | undefined {
  const ordered = [...events].sort((a, b) => a.id - b.id);
  const [first] = ordered;
  if (!first) return undefined;
  const states: Visit[] = [];
  /** The visit and the iteration of a Map that each event belongs to. */
  const owners = new Map<number, { readonly visit?: Visit; readonly iteration?: number }>();
  const failedAt = new Map<Visit, string>();
  let status: Execution["status"] = "RUNNING";
  let endedAt: string | undefined;
  let error: Execution["error"];
  let latest: Visit | undefined;

  for (const event of ordered) {
    const came = owners.get(event.previousId ?? 0) ?? { ...(latest && { visit: latest }) };
    let owner = came;
    if (event.type.endsWith("StateEntered")) {
      const visit = entered(event, came.iteration);
      states.push(visit);
      latest = visit;
      owner = { ...came, visit };
    } else if (event.type.endsWith("StateExited")) {
      const open = states.findLast(
        ({ name, exitedAt, iteration }) =>
          name === event.details["name"] &&
          exitedAt === undefined &&
          (event.previousId === undefined || iteration === came.iteration || iteration === undefined),
      );
      if (open) exit(open, event);
      owner = {
        ...(open && { visit: open }),
        ...(open?.iteration !== undefined && { iteration: open.iteration }),
      };
    } else if (event.type === "MapIterationStarted") {
      owner = { ...came, iteration: Number(event.details["index"] ?? 0) };
    } else if (event.type in ENDS) {
      status = ENDS[event.type] ?? status;
      endedAt = event.at;
      error = errorOf(event.details);
    } else if (came.visit) {
      happened(came.visit, event);
      if (came.visit.error) failedAt.set(came.visit, event.at);
    }
    owners.set(event.id, owner);
  }
  // Ends the visits that have no exit event: the state failed, or the execution ended in it.
  for (const visit of states.filter(({ exitedAt }) => exitedAt === undefined)) {
    const end = failedAt.get(visit) ?? endedAt;
    if (end !== undefined) visit.exitedAt = end;
    if (status === "TIMED_OUT") visit.error ??= OUT_OF_TIME;
  }
  const last = ordered.at(-1);
  return {
    arn,
    name: arn.split(":").at(-1) ?? arn,
    status,
    startedAt: first.at,
    ...(endedAt !== undefined && { endedAt }),
    ...optional("input", first.details["input"]),
    ...optional("output", last?.type === "ExecutionSucceeded" ? last.details["output"] : undefined),
    ...(error && { error }),
    states,
  };
}

function entered({ type, at, details }: HistoryEvent, iteration: number | undefined): Visit {
  return {
    name: String(details["name"]),
    type: type.replace("StateEntered", ""),
    enteredAt: at,
    ...optional("input", details["input"]),
    retries: 0,
    ...(iteration !== undefined && { iteration }),
  };
}

function exit(visit: Visit, { at, details }: HistoryEvent): void {
  visit.exitedAt = at;
  Object.assign(visit, optional("output", details["output"]));
  const variables = details["assignedVariables"];
  if (typeof variables === "object" && variables !== null && Object.keys(variables).length > 0) {
    visit.variables = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, String(value)]),
    );
  }
  // Drops the error of a state that was left after retries: a later attempt succeeded.
  if (visit.error && visit.retries > 0) delete visit.error;
}

function happened(visit: Visit, { type, details }: HistoryEvent): void {
  if (type === "TaskScheduled") {
    if (visit.error) visit.retries += 1;
    Object.assign(visit, optional("arguments", details["parameters"]));
  } else if (type === "TaskSucceeded") {
    Object.assign(visit, optional("result", details["output"]));
  } else if (TASK_FAILURES.has(type) || type.endsWith("StateFailed") || type === "EvaluationFailed") {
    const error = errorOf(details);
    if (error) visit.error = error;
  }
}

function errorOf(details: HistoryEvent["details"]): { code: string; message: string } | undefined {
  const { error, cause } = details;
  if (typeof error !== "string") return undefined;
  return { code: error, message: typeof cause === "string" ? cause : "" };
}

function optional<K extends string>(name: K, value: unknown): { readonly [P in K]?: string } {
  return (typeof value === "string" ? { [name]: value } : {}) as { readonly [P in K]?: string };
}
