/** The parts of a state machine that this project's workflow uses: JSONata, inline maps, no activities. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Output?: unknown;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Error?: unknown;
  readonly Cause?: unknown;
  readonly Choices?: readonly {
    readonly Condition: string;
    readonly Next: string;
    readonly Assign?: Readonly<Record<string, unknown>>;
    readonly Output?: unknown;
  }[];
  readonly Branches?: readonly Machine[];
  readonly Items?: unknown;
  readonly ItemProcessor?: Machine;
  readonly MaxConcurrency?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts?: number }[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly Next: string;
    readonly Assign?: Readonly<Record<string, unknown>>;
    readonly Output?: unknown;
  }[];
}

/** Evaluates one JSONata expression with these variables; undefined if the result is nothing. @throws if it cannot */
export type Engine = (expression: string, variables: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** Runs a task of the workflow, for the named state. @throws {StateError} if the service rejects it */
export type Tasks = (resource: string, args: unknown, state: string) => Promise<unknown>;

/** An error of an execution, by its name in Amazon States Language. */
export class StateError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

type Variables = Record<string, unknown>;

/**
 * Runs a state machine according to Amazon States Language, with the given engine and tasks. Retries without waiting,
 * since no test here is about time.
 * @see https://states-language.net/spec.html
 * @returns the execution's output
 * @throws {StateError} if the execution fails
 */
export async function execute(
  machine: Machine,
  input: unknown,
  { engine, tasks, executionId }: { engine: Engine; tasks: Tasks; executionId: string },
): Promise<unknown> {
  const context = { Execution: { Id: executionId, Input: input } };

  async function evaluated(value: unknown, variables: Variables, states: Variables): Promise<unknown> {
    if (typeof value === "string") {
      const expression = /^\{%([\s\S]*)%\}$/.exec(value)?.[1];
      if (expression === undefined) return value;
      try {
        const result = await engine(expression, { ...variables, states: { context, ...states } });
        // Reject a field without a value, as Step Functions does.
        if (result === undefined) throw new Error("the expression gives nothing");
        return result;
      } catch (error) {
        throw new StateError(
          "States.QueryEvaluationError",
          `${String(error)} in ${expression.slice(0, 200)}`,
        );
      }
    }
    if (Array.isArray(value)) return Promise.all(value.map((item) => evaluated(item, variables, states)));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(async ([key, item]) => [
      key,
      await evaluated(item, variables, states),
    ]);
    return Object.fromEntries(await Promise.all(entries)) as unknown;
  }

  const assigned = async (assign: State["Assign"], variables: Variables, states: Variables) =>
    (await evaluated(assign ?? {}, variables, states)) as Variables;

  /** Does a state's own work and returns its result. @throws {StateError} if it fails */
  async function work(name: string, state: State, value: unknown, variables: Variables) {
    switch (state.Type) {
      case "Pass":
        return { result: undefined };
      case "Task":
        return {
          result: await tasks(
            state.Resource ?? "",
            await evaluated(state.Arguments, variables, { input: value }),
            name,
          ),
        };
      case "Parallel":
        return {
          result: await Promise.all(
            (state.Branches ?? []).map((branch) => run(branch, value, { ...variables })),
          ),
        };
      case "Map": {
        const items = (await evaluated(state.Items, variables, { input: value })) as readonly unknown[];
        const { ItemProcessor: processor } = state;
        if (!processor) throw new Error(`${name} has no ItemProcessor`);
        const iterate = (item: unknown) => run(processor, item, { ...variables });
        if (state.MaxConcurrency !== 1) return { result: await Promise.all(items.map(iterate)) };
        const result: unknown[] = [];
        for (const item of items) result.push(await iterate(item));
        return { result };
      }
      case "Fail":
        throw new StateError(
          String(await evaluated(state.Error, variables, { input: value })),
          String(await evaluated(state.Cause, variables, { input: value })),
        );
      default:
        throw new Error(
          `${name}: a state of type ${state.Type} is not run here; add it in tests/support/asl.ts`,
        );
    }
  }

  async function run({ StartAt, States }: Machine, input: unknown, variables: Variables): Promise<unknown> {
    let name: string | undefined = StartAt;
    let value = input;
    while (name !== undefined) {
      const state: State | undefined = States[name];
      if (!state) throw new Error(`no state ${name}`);
      if (state.Type === "Choice") {
        name = state.Default;
        for (const choice of state.Choices ?? []) {
          if ((await evaluated(choice.Condition, variables, { input: value })) !== true) continue;
          name = choice.Next;
          Object.assign(variables, await assigned(choice.Assign, variables, { input: value }));
          break;
        }
        if (name === undefined) throw new StateError("States.NoChoiceMatched", "no choice matched");
        continue;
      }
      try {
        const { result } = await retried(state, () => work(String(name), state, value, variables));
        const states = { input: value, ...(state.Type !== "Pass" && { result }) };
        // Evaluate all expressions of a state with the variables as they were before it.
        const next = await assigned(state.Assign, variables, states);
        const output =
          state.Output === undefined ? (result ?? value) : await evaluated(state.Output, variables, states);
        Object.assign(variables, next);
        value = output;
        if (state.End) return value;
        name = state.Next;
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const caught = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, error.name));
        if (!caught) throw error;
        const states = { input: value, errorOutput: { Error: error.name, Cause: error.message } };
        const next = await assigned(caught.Assign, variables, states);
        value =
          caught.Output === undefined
            ? states.errorOutput
            : await evaluated(caught.Output, variables, states);
        Object.assign(variables, next);
        name = caught.Next;
      }
    }
    return value;
  }

  return run(machine, input, {});
}

async function retried<T>({ Retry = [] }: State, attempt: () => Promise<T>): Promise<T> {
  const left = new Map(Retry.map((retrier) => [retrier, retrier.MaxAttempts ?? 3]));
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const retrier = Retry.find(({ ErrorEquals }) => matches(ErrorEquals, error.name));
      const attempts = retrier ? (left.get(retrier) ?? 0) : 0;
      if (!retrier || attempts === 0) throw error;
      left.set(retrier, attempts - 1);
    }
  }
}

function matches(names: readonly string[], error: string): boolean {
  return names.some(
    (name) =>
      name === error ||
      name === "States.ALL" ||
      (name === "States.TaskFailed" && error !== "States.Timeout" && !isOfTheLanguage(error)),
  );
}

const isOfTheLanguage = (error: string) =>
  ["States.Runtime", "States.QueryEvaluationError", "States.NoChoiceMatched"].includes(error);

/** Fields that differ from run to run or from engine to engine: times, and the wording of errors. */
const NOT_COMPARED = /^:?(now|expiresAt|publishedAt|failedAt|message)$/;

/** Returns a value as text for comparison, without the fields that differ and with sorted members. */
export function comparable(value: unknown): string {
  return JSON.stringify(value, (name, item: unknown) => {
    if (NOT_COMPARED.test(name)) return undefined;
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export const same = (a: unknown, b: unknown) => comparable(a) === comparable(b);
