import { prettyJson } from "../../../inbox/pretty-json";
import {
  edgesTaken,
  failedStates,
  graphOf,
  outcomeIn,
  placeIn,
  visitsOf,
  type Definition,
} from "../../../inbox/trace/graph";
import { durationMs, elapsed, type Execution, type StateVisit, type Trace } from "../../../inbox/trace/model";
import { drawingOf } from "../layout";
import { Status, Time } from "./page";
import { StateView } from "./state";
import { WorkflowGraph } from "./workflow-graph";

interface WorkflowProps {
  readonly trace: Trace;
  readonly definition: Definition | undefined;
  /** Index of the execution that is drawn, from 0. */
  readonly shown: number;
  /** Whether the stack runs on the emulator, which records less of an execution than AWS. */
  readonly emulated: boolean;
}

/** One execution of the workflow: its path through the states, and what each state did. */
export function Workflow({ trace, definition, shown, emulated }: WorkflowProps) {
  const execution = trace.executions[shown];
  if (!definition) return <p>The workflow's definition could not be read.</p>;
  if (!execution) {
    return (
      <p>
        {trace.webhook.status === "received"
          ? "It waits in the queue; no execution has started yet."
          : "Its executions are no longer recorded."}
      </p>
    );
  }
  const item = placeIn(execution, trace.webhook);
  const visits = visitsOf(execution, item);
  const graph = graphOf(definition);
  return (
    <>
      <nav class="tabs" aria-label="Executions">
        {trace.executions.map((one, index) => (
          <a href={`?execution=${index}#workflow-title`} aria-current={index === shown ? "true" : undefined}>
            {index + 1} <Status value={outcomeIn(one, placeIn(one, trace.webhook)) ?? one.status} />
          </a>
        ))}
      </nav>
      <p class="execution">
        {execution.name}
        <br />
        <Time at={execution.startedAt} />, {elapsed(durationMs(execution.startedAt, execution.endedAt))}
        {batchNote(execution, item)}, the execution {execution.status.toLowerCase().replace("_", " ")}
      </p>
      {execution.error && (
        <p class="error">
          <strong>{execution.error.code}</strong> {execution.error.message}
        </p>
      )}
      <div class="workflow">
        <div class="scroll">
          <WorkflowGraph
            drawing={drawingOf(graph)}
            visits={visits}
            taken={edgesTaken(graph, execution, item)}
            failed={failedStates(graph, execution, item)}
          />
        </div>
        <States execution={execution} visits={[...visits.values()]} emulated={emulated} />
      </div>
    </>
  );
}

function States(props: {
  readonly execution: Execution;
  readonly visits: readonly StateVisit[];
  readonly emulated: boolean;
}) {
  const { execution, visits, emulated } = props;
  return (
    <div class="states">
      {execution.input === undefined ? (
        <p class="hint">
          What went into the states and came out of them is not logged, so that payloads stay out of the log.
          The payload and the record are on this page; <code>executionLogData: true</code> logs the rest from
          then on.
        </p>
      ) : (
        <>
          <p class="hint">
            Choose a state to see its input and output.
            {emulated && " The emulator records neither variables nor what runs inside of a Map; AWS does."}
          </p>
          <ExecutionData execution={execution} />
        </>
      )}
      {visits.map((visit) => (
        <StateView visit={visit} />
      ))}
    </div>
  );
}

function ExecutionData({ execution }: { readonly execution: Execution }) {
  return (
    <details id="execution-data">
      <summary>Input and output of the execution</summary>
      <h4>Input</h4>
      <pre class="code" tabindex={0}>
        {prettyJson(execution.input ?? "")}
      </pre>
      <h4>Output</h4>
      <pre class="code" tabindex={0}>
        {prettyJson(execution.output ?? "")}
      </pre>
    </details>
  );
}

function batchNote(execution: Execution, item: number): string {
  try {
    const { webhooks = [] } = JSON.parse(execution.input ?? "{}") as { webhooks?: unknown[] };
    return webhooks.length > 1 ? `, number ${item + 1} of a batch of ${webhooks.length}` : "";
  } catch {
    return "";
  }
}
