import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from "@aws-sdk/client-sfn";
import jsonata from "jsonata";
import { execute, StateError, type Engine, type Machine, type Tasks } from "./asl";

/** Answer of a service to a task in the emulator. */
export type TaskAnswer = { readonly output: unknown } | { readonly error: string; readonly cause: string };

/** A task that an execution ran, with its arguments as the second engine evaluates them. */
export interface RanTask {
  /** Resource, such as `arn:aws:states:::aws-sdk:dynamodb:batchGetItem`. */
  readonly resource: string;
  readonly args: unknown;
  readonly answer: TaskAnswer & {
    /** Time of the answer, in milliseconds since the epoch. */
    readonly at: number;
    /** Name of the state that ran it. */
    readonly state: string;
  };
}

/** JSONata in the version of Step Functions, with the function that Step Functions adds. */
export const jsonata206: Engine = async (expression, variables) => {
  const compiled = jsonata(expression);
  compiled.registerFunction("parse", (text: string) => JSON.parse(text) as unknown);
  const value: unknown = await compiled.evaluate({}, { ...variables });
  // Convert JSONata's sequences, which are arrays with additional properties.
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
};

/** Returns the services' answers to the tasks of an execution, in their order. The order between branches is random. */
export async function recordedAnswers(sfn: SFNClient, executionArn: string): Promise<RanTask["answer"][]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000, ...(nextToken && { nextToken }) }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  const byId = new Map(events.map((event) => [event.id, event]));
  return events.flatMap<RanTask["answer"]>((event) => {
    const { timestamp, taskSucceededEventDetails: done, taskFailedEventDetails: failed } = event;
    if (!done && !failed) return [];
    const from = { at: timestamp?.getTime() ?? 0, state: stateOf(event, byId) };
    if (done) return [{ ...from, output: JSON.parse(done.output ?? "null") as unknown }];
    // Skip a task that failed in an expression after the answer, not in the service.
    if (failed?.error === "States.QueryEvaluationError") return [];
    return failed ? [{ ...from, error: failed.error ?? "", cause: failed.cause ?? "" }] : [];
  });
}

/** Returns the name of a task event's state: the last one that was entered before it, in its own branch. */
function stateOf(event: HistoryEvent, byId: ReadonlyMap<number | undefined, HistoryEvent>): string {
  const name = event.stateEnteredEventDetails?.name;
  if (name !== undefined) return name;
  const before = byId.get(event.previousEventId);
  if (!before) throw new Error(`event ${event.id} of the execution's history belongs to no state`);
  return stateOf(before, byId);
}

export interface SecondRun {
  /** Output of the execution, or the name of its error. */
  readonly outcome: { readonly output: unknown } | { readonly error: string };
  readonly tasks: readonly RanTask[];
}

/**
 * Runs an execution again outside of the emulator, with the same definition and input, the services' recorded answers
 * to its tasks, and another engine for its expressions.
 * @param answers see {@link recordedAnswers}
 */
export async function secondRun(
  definition: Machine,
  input: unknown,
  answers: readonly RanTask["answer"][],
  { engine = jsonata206, executionId }: { engine?: Engine; executionId: string },
): Promise<SecondRun> {
  const left = [...answers];
  const ran: RanTask[] = [];
  const tasks: Tasks = (resource, args, state) => {
    const next = left.findIndex((one) => one.state === state);
    const [answer] = next < 0 ? [] : left.splice(next, 1);
    if (!answer) throw new Error(`the emulator's execution did not run the task of ${state} once more`);
    ran.push({ resource, args, answer });
    if ("error" in answer) throw new StateError(answer.error, answer.cause);
    return Promise.resolve(answer.output);
  };
  try {
    const output = await execute(definition, input, { engine, tasks, executionId });
    if (left.length > 0) throw new Error(`the emulator's execution ran ${left.length} tasks more`);
    return { outcome: { output }, tasks: ran };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { outcome: { error: error.name }, tasks: ran };
  }
}
