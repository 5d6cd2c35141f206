import {
  edgesTaken,
  graphOf,
  outcomeIn,
  placeIn,
  visitsOf,
  type Definition,
} from "../../../inbox/trace/graph";
import {
  DIFFERENCE,
  durationMs,
  elapsed,
  type Execution,
  type StateVisit,
  type Step,
  type Trace,
} from "../../../inbox/trace/model";
import { prettyJson } from "../../../inbox/pretty-json";
import { drawingOf, type Drawing } from "../layout";
import { Confirmed, Page, Status, Time, webhookPath, type PageContext } from "./page";

interface TraceProps {
  readonly context: PageContext;
  readonly trace: Trace;
  /** Text of the payload; undefined where it is gone. */
  readonly payload: string | undefined;
  readonly definition: Definition | undefined;
  /** Which execution is drawn, from 0. */
  readonly shown: number;
  /** On the emulator, which records less of an execution than AWS. */
  readonly emulated: boolean;
  readonly region: string;
  /** What was just done. */
  readonly done?: string | undefined;
}

export function TracePage(props: TraceProps) {
  const { context, trace } = props;
  const { webhook } = trace;
  const path = webhookPath(webhook);
  const canReplay = webhook.status === "published" || webhook.status === "filtered";
  return (
    <Page title={webhook.id} context={context}>
      <header class="webhook">
        <div id="head" data-live>
          <p>
            {webhook.provider} · {webhook.type} <Status value={webhook.status} />
          </p>
          <h1>{webhook.id}</h1>
          {webhook.error && webhook.status !== "published" && (
            <p class="error">
              <strong>{webhook.error.code}</strong> {webhook.error.message}
            </p>
          )}
        </div>
        <div id="actions" class="actions" data-live>
          {canReplay && (
            <Confirmed id="replay" action={`${path}/replay`} label="Replay" context={context}>
              It is published once more, with the same id and a higher replay number. Consumers that
              deduplicate by id leave it out.
            </Confirmed>
          )}
          {webhook.status === "dead_lettered" && (
            <Confirmed id="redrive" action={`${path}/redrive`} label="Send again" context={context}>
              Its message goes from the dead-letter queue back to the queue and is tried three more times.
            </Confirmed>
          )}
        </div>
      </header>
      {props.done && (
        <p class="notice good" role="status">
          {props.done}
        </p>
      )}
      <div id="gaps" data-live>
        {trace.gaps.map((gap) => (
          <p class="notice bad">Could not be read. {gap}</p>
        ))}
      </div>
      <div class="columns">
        <section aria-labelledby="timeline-title">
          <h2 id="timeline-title">Timeline</h2>
          <div id="timeline" data-live>
            <Timeline {...props} />
          </div>
        </section>
        <section aria-labelledby="workflow-title">
          <h2 id="workflow-title">Workflow</h2>
          <div id="workflow" data-live>
            <Workflow {...props} />
          </div>
        </section>
      </div>
      <section aria-labelledby="payload-title">
        <h2 id="payload-title">Payload</h2>
        {props.payload === undefined ? (
          <p>It is not in the bucket: it was removed, or lies in Glacier and has to be restored first.</p>
        ) : (
          <>
            <p class="actions">
              <button type="button" data-copy="payload">
                Copy
              </button>
              <a class="button" href={`${path}/payload`} download>
                Download as received
              </a>
            </p>
            <pre id="payload" class="code" tabindex={0}>
              {prettyJson(props.payload)}
            </pre>
          </>
        )}
      </section>
      <section aria-labelledby="events-title">
        <h2 id="events-title">Events</h2>
        <div id="events" data-live>
          {trace.events.length === 0 && <p>None was published, or the events' log keeps them no longer.</p>}
          {trace.events.map((event, index) => (
            <details id={`event-${index}`} open={index === trace.events.length - 1}>
              <summary>
                <Time at={event.at} /> matched {event.rules.join(", ") || "no rule"}
              </summary>
              <p class="actions">
                <button type="button" data-copy={`event-json-${index}`}>
                  Copy
                </button>
              </p>
              <pre id={`event-json-${index}`} class="code" tabindex={0}>
                {prettyJson(event.json)}
              </pre>
            </details>
          ))}
        </div>
      </section>
    </Page>
  );
}

function Timeline({ trace, shown, region, emulated }: TraceProps) {
  const began = trace.steps[0]?.at;
  return (
    <>
      <ol class="timeline">
        {trace.steps.map((step, index) => (
          <li class={step.tone}>
            <StepView step={step} index={index} began={began} trace={trace} shown={shown} />
          </li>
        ))}
      </ol>
      {!emulated &&
        trace.xrayTraceIds.map((id) => (
          <p>
            <a
              href={`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#xray:traces/${encodeURIComponent(id)}`}
              rel="noreferrer"
            >
              X-Ray trace {id}
            </a>
          </p>
        ))}
    </>
  );
}

function StepView(props: {
  readonly step: Step;
  readonly index: number;
  readonly began: string | undefined;
  readonly trace: Trace;
  readonly shown: number;
}) {
  const { step, index, began, trace, shown } = props;
  const after = began === undefined ? undefined : durationMs(began, step.at);
  const execution = trace.executions.findIndex(({ arn }) => arn === step.executionArn);
  return (
    <>
      <span class="when">
        <Time at={step.at} /> {after !== undefined && index > 0 && <span>+{elapsed(after)}</span>}
      </span>
      <strong>{step.title}</strong>
      {step.facts["error"] !== undefined && <span class="error">{step.facts["error"]}</span>}
      {step.facts[DIFFERENCE] !== undefined && <span>{step.facts[DIFFERENCE]}</span>}
      {execution >= 0 && (
        <a
          href={`?execution=${execution}#workflow-title`}
          aria-current={execution === shown ? "true" : undefined}
        >
          execution {execution + 1}
        </a>
      )}
      {Object.keys(step.facts).length > 0 && (
        <details id={`step-${index}`}>
          <summary>Details</summary>
          <dl>
            {Object.entries(step.facts).map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

function Workflow({ trace, definition, shown, emulated }: TraceProps) {
  const execution = trace.executions[shown];
  if (!definition) return <p>The workflow's definition could not be read.</p>;
  if (!execution) {
    return (
      <p>
        {trace.webhook.status === "received"
          ? "It waits in the queue; no execution has taken it yet."
          : "Its executions are not recorded any more."}
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
          <Chart drawing={drawingOf(graph)} visits={visits} taken={edgesTaken(graph, execution, item)} />
        </div>
        <div class="states">
          <p class="hint">
            Choose a state to see its input and output.
            {emulated && " The emulator records neither variables nor what runs inside of a Map; AWS does."}
          </p>
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
          {[...visits.values()].map((visit) => (
            <StateView visit={visit} />
          ))}
        </div>
      </div>
    </>
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

function Chart(props: {
  readonly drawing: Drawing;
  readonly visits: ReadonlyMap<string, StateVisit>;
  readonly taken: ReadonlySet<string>;
}) {
  const { drawing, visits, taken } = props;
  return (
    <svg
      class="graph"
      width={drawing.width}
      height={drawing.height}
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      role="group"
      aria-label="The workflow and the path that this execution took"
    >
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="11"
          markerHeight="11"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8z" />
        </marker>
      </defs>
      {drawing.nodes
        .filter(({ container }) => container)
        .map((node) => (
          <NodeView node={node} visit={visits.get(node.name)} />
        ))}
      {drawing.edges.map(({ id, kind, points }) => (
        <path
          class={`edge ${kind} ${taken.has(id) ? "taken" : ""}`}
          d={`M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`}
          marker-end="url(#arrow)"
        />
      ))}
      {drawing.nodes
        .filter(({ container }) => !container)
        .map((node) => (
          <NodeView node={node} visit={visits.get(node.name)} />
        ))}
    </svg>
  );
}

function NodeView({
  node,
  visit,
}: {
  readonly node: Drawing["nodes"][number];
  readonly visit: StateVisit | undefined;
}) {
  const tone = visit === undefined ? "skipped" : visit.error ? "bad" : "good";
  const middle = node.x + node.width / 2;
  const content = (
    <g class={`node ${tone} ${node.container ? "container" : ""}`}>
      {node.comment !== undefined && <title>{node.comment}</title>}
      <rect x={node.x} y={node.y} width={node.width} height={node.height} rx="8" />
      <text x={middle} y={node.y + (node.container ? 20 : 19)} text-anchor="middle">
        {node.name}
      </text>
      {!node.container && (
        <text class="type" x={middle} y={node.y + 35} text-anchor="middle">
          {node.type}
          {visit && ` · ${elapsed(durationMs(visit.enteredAt, visit.exitedAt))}`}
          {visit && visit.retries > 0 && ` · ${visit.retries} retries`}
        </text>
      )}
    </g>
  );
  return visit === undefined ? content : <a href={`#state-${node.name}`}>{content}</a>;
}

function StateView({ visit }: { readonly visit: StateVisit }) {
  const parts: [string, string | undefined][] = [
    ["Input", visit.input],
    ["Called with", visit.arguments],
    ["Answer", visit.result],
    ["Output", visit.output],
    ...Object.entries(visit.variables ?? {}).map(([name, value]): [string, string] => [
      `Assigned $${name}`,
      value,
    ]),
  ];
  return (
    <article class="state" id={`state-${visit.name}`} tabindex={-1}>
      <h3>
        {visit.name} <span class="chip neutral">{visit.type}</span>
      </h3>
      <p>
        Entered <Time at={visit.enteredAt} date={false} />, took{" "}
        {elapsed(durationMs(visit.enteredAt, visit.exitedAt))}
        {visit.retries > 0 && `, ${visit.retries} retries`}
      </p>
      {visit.error && (
        <p class="error">
          <strong>{visit.error.code}</strong> {visit.error.message}
        </p>
      )}
      {parts.map(
        ([name, json]) =>
          json !== undefined && (
            <>
              <h4>{name}</h4>
              <pre class="code" tabindex={0}>
                {prettyJson(json)}
              </pre>
            </>
          ),
      )}
    </article>
  );
}
