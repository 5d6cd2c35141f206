import { recordKey } from "../../functions/domain/webhook";
import type { Execution, StateVisit } from "./model";
import type { WebhookRecord } from "../records/record";

/** The fields of an Amazon States Language state that decide where it is drawn. */
interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string; readonly Comment?: string }[];
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[];
  readonly ItemProcessor?: Definition;
  readonly Branches?: readonly Definition[];
}

/** A state machine, or a part of one that has its own states. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface GraphNode {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
  /** Graphs of the states inside of it: a Map's processor, a Parallel's branches. */
  readonly inner: readonly Graph[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: "next" | "choice" | "default" | "catch";
}

/** A workflow as nodes and edges; names are unique in the whole definition. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Returns the graph of a definition. */
export function graphOf({ States }: Definition): Graph {
  const states = Object.entries(States);
  return {
    nodes: states.map(([name, state]) => ({
      name,
      type: state.Type,
      ...(state.Comment !== undefined && { comment: state.Comment }),
      inner: [...(state.ItemProcessor ? [state.ItemProcessor] : []), ...(state.Branches ?? [])].map(graphOf),
    })),
    edges: states.flatMap(([from, state]) => edgesOf(from, state)),
  };
}

function edgesOf(from: string, state: State): GraphEdge[] {
  return [
    ...(state.Next === undefined ? [] : [{ from, to: state.Next, kind: "next" as const }]),
    ...(state.Choices ?? []).map(({ Next }) => ({ from, to: Next, kind: "choice" as const })),
    ...(state.Default === undefined ? [] : [{ from, to: state.Default, kind: "default" as const }]),
    ...(state.Catch ?? []).map(({ Next }) => ({ from, to: Next, kind: "catch" as const })),
  ];
}

/** Returns the visits of an execution by the names of their states; inside of a Map, those of one item. */
export function visitsOf(execution: Execution, item: number): ReadonlyMap<string, StateVisit> {
  return new Map(
    execution.states
      .filter(({ iteration }) => iteration === undefined || iteration === item)
      .map((visit) => [visit.name, visit]),
  );
}

/** Returns the edges that an execution took, level by level: from each state that it visited to the next of the same level. */
export function edgesTaken(graph: Graph, execution: Execution, item: number): ReadonlySet<string> {
  const names = new Set(graph.nodes.map(({ name }) => name));
  const visited = execution.states.filter(
    ({ name, iteration }) => names.has(name) && (iteration === undefined || iteration === item),
  );
  const own = visited.slice(1).map((to, index) => edgeId({ from: visited[index]?.name ?? "", to: to.name }));
  const inner = graph.nodes.flatMap((node) =>
    node.inner.flatMap((part) => [...edgesTaken(part, execution, item)]),
  );
  return new Set([...own, ...inner]);
}

/**
 * Returns the names of the states that failed for a webhook: those with an error, those that the execution left by a
 * `Catch`, and the Map around them. The emulator records nothing inside of a Map; there the webhook's outcome shows
 * that one of its states failed.
 */
export function failedStates(graph: Graph, execution: Execution, item: number): ReadonlySet<string> {
  const visits = visitsOf(execution, item);
  const taken = edgesTaken(graph, execution, item);
  const failedIn = ({ nodes, edges }: Graph): string[] =>
    nodes.flatMap(({ name, inner }) => {
      const visit = visits.get(name);
      if (!visit) return [];
      const caught = edges.some(
        (edge) => edge.from === name && edge.kind === "catch" && taken.has(edgeId(edge)),
      );
      const isRecorded = inner.some(({ nodes: within }) => within.some((node) => visits.has(node.name)));
      const failedWithin = inner.flatMap(failedIn);
      const isHidden = inner.length > 0 && !isRecorded && outcomeIn(execution, item) === "failed";
      return visit.error || caught || isHidden || failedWithin.length > 0 ? [name, ...failedWithin] : [];
    });
  return new Set(failedIn(graph));
}

export function edgeId({ from, to }: Pick<GraphEdge, "from" | "to">): string {
  return `${from}>${to}`;
}

/**
 * Returns what an execution did with one webhook of its batch; undefined if it failed as a whole or the output lacks
 * it.
 */
export function outcomeIn(execution: Execution, item: number): string | undefined {
  try {
    const { outcomes } = JSON.parse(execution.output ?? "{}") as { outcomes?: { status?: string }[] };
    return outcomes?.[item]?.status;
  } catch {
    return undefined;
  }
}

/** Returns the position of a webhook in an execution's batch; 0 if the input lacks it. */
export function placeIn(
  execution: Execution,
  { provider, key }: Pick<WebhookRecord, "provider" | "key">,
): number {
  try {
    const { webhooks } = JSON.parse(execution.input ?? "{}") as {
      webhooks?: { key: string }[];
    };
    return Math.max(0, webhooks?.findIndex((one) => one.key === recordKey(provider, key)) ?? 0);
  } catch {
    // Assumes the first position: Step Functions cuts off data above 248 KB, so that the input may not be JSON.
    return 0;
  }
}
