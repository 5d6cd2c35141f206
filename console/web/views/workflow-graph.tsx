import { durationMs, elapsed, type StateVisit } from "../../../inbox/trace/model";
import type { Drawing } from "../layout";

/** Drawing of the workflow, with the path that an execution took. */
export function WorkflowGraph(props: {
  readonly drawing: Drawing;
  readonly visits: ReadonlyMap<string, StateVisit>;
  readonly taken: ReadonlySet<string>;
  /** Names of the states that failed. */
  readonly failed: ReadonlySet<string>;
}) {
  const { drawing, visits, taken, failed } = props;
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
          <NodeView node={node} visit={visits.get(node.name)} failed={failed.has(node.name)} />
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
          <NodeView node={node} visit={visits.get(node.name)} failed={failed.has(node.name)} />
        ))}
    </svg>
  );
}

function NodeView({
  node,
  visit,
  failed,
}: {
  readonly node: Drawing["nodes"][number];
  readonly visit: StateVisit | undefined;
  readonly failed: boolean;
}) {
  const tone = visit === undefined ? "skipped" : failed ? "bad" : "good";
  const took = visit && elapsed(durationMs(visit.enteredAt, visit.exitedAt));
  const name = visit === undefined ? undefined : `${node.name}, ${failed ? "failed" : "succeeded"}, ${took}`;
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
          {visit && ` · ${took}`}
          {visit && visit.retries > 0 && ` · ${visit.retries} retries`}
        </text>
      )}
    </g>
  );
  return visit === undefined ? (
    content
  ) : (
    <a href={`#state-${node.name}`} aria-label={name}>
      {content}
    </a>
  );
}
