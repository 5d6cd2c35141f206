import { Graph as DagreGraph, layout } from "@dagrejs/dagre";
import { edgeId, type Graph, type GraphNode } from "../../inbox/trace/graph";

/** A state with its place, in pixels from the top left corner of the whole drawing. */
export interface PlacedNode {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly container: boolean;
}

export interface PlacedEdge {
  readonly id: string;
  readonly kind: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

const NODE_HEIGHT = 44;
const PADDING = 14;
/** Height of a container's own name, in pixels. */
const TITLE_HEIGHT = 30;
const CHARACTER_WIDTH = 8;

/**
 * Lays a workflow out from top to bottom. The states inside of a state are laid out first, since they determine its
 * size.
 */
export function drawingOf(graph: Graph): Drawing {
  const dagre = new DagreGraph();
  dagre.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 34, marginx: 2, marginy: 2 });
  dagre.setDefaultEdgeLabel(() => ({}));
  const inner = new Map(graph.nodes.map((node) => [node.name, beside(node.inner.map(drawingOf))]));
  for (const node of graph.nodes) dagre.setNode(node.name, sizeOf(node, inner.get(node.name)));
  for (const { from, to, kind } of graph.edges) dagre.setEdge(from, to, { kind });
  layout(dagre);

  const nodes: PlacedNode[] = [];
  const edges: PlacedEdge[] = [];
  for (const node of graph.nodes) {
    const {
      x = 0,
      y = 0,
      width,
      height,
    } = dagre.node(node.name) as Record<"x" | "y" | "width" | "height", number>;
    const left = x - width / 2;
    const top = y - height / 2;
    const { name, type, comment } = node;
    const container = node.inner.length > 0;
    nodes.push({
      name,
      type,
      ...(comment !== undefined && { comment }),
      x: left,
      y: top,
      width,
      height,
      container,
    });
    const inside = inner.get(name);
    if (!container || !inside) continue;
    const shifted = shift(inside, left + (width - inside.width) / 2, top + TITLE_HEIGHT);
    nodes.push(...shifted.nodes);
    edges.push(...shifted.edges);
  }
  for (const { from, to, kind } of graph.edges) {
    const { points = [] } = dagre.edge(from, to) as { points?: { x: number; y: number }[] };
    edges.push({ id: edgeId({ from, to }), kind, points });
  }
  const { width = 0, height = 0 } = dagre.graph() as { width?: number; height?: number };
  return { width, height, nodes, edges };
}

function sizeOf(node: GraphNode, inside: Drawing | undefined): { width: number; height: number } {
  const width = node.name.length * CHARACTER_WIDTH + 2 * PADDING;
  if (node.inner.length === 0 || !inside) return { width, height: NODE_HEIGHT };
  return {
    width: Math.max(width, inside.width + 2 * PADDING),
    height: inside.height + TITLE_HEIGHT + PADDING,
  };
}

/** Places the drawings of branches side by side. */
function beside(drawings: readonly Drawing[]): Drawing {
  let width = 0;
  const placed = drawings.map((drawing) => {
    const shifted = shift(drawing, width, 0);
    width += drawing.width + PADDING;
    return shifted;
  });
  return {
    width: Math.max(0, width - PADDING),
    height: Math.max(0, ...drawings.map(({ height }) => height)),
    nodes: placed.flatMap(({ nodes }) => nodes),
    edges: placed.flatMap(({ edges }) => edges),
  };
}

function shift(drawing: Drawing, x: number, y: number): Drawing {
  return {
    ...drawing,
    nodes: drawing.nodes.map((node) => ({ ...node, x: node.x + x, y: node.y + y })),
    edges: drawing.edges.map((edge) => ({
      ...edge,
      points: edge.points.map((point) => ({ x: point.x + x, y: point.y + y })),
    })),
  };
}
