import jsonata from "jsonata";

interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly lhs?: Node;
  readonly rhs?: Node;
  readonly steps?: readonly Node[];
  readonly expressions?: readonly Node[];
}

/**
 * Returns the providers for whose events an expression can be true, if it limits them by `provider = 'x'` or `provider
 * in ['x', 'y']`, alone or as one operand of `and`; otherwise undefined.
 */
export function providersIn(expression: string): readonly string[] | undefined {
  return named(jsonata(expression).ast() as Node);
}

function named(node: Node | undefined): readonly string[] | undefined {
  if (node?.type === "block") return node.expressions?.length === 1 ? named(node.expressions[0]) : undefined;
  if (node?.type !== "binary") return undefined;
  const { value, lhs, rhs } = node;
  if (value === "and") return named(lhs) ?? named(rhs);
  if (value === "=") return isProvider(lhs) ? texts([rhs]) : isProvider(rhs) ? texts([lhs]) : undefined;
  return value === "in" && isProvider(lhs) ? texts(rhs?.expressions ?? [rhs]) : undefined;
}

function isProvider(node: Node | undefined): boolean {
  return node?.type === "path" && node.steps?.length === 1 && node.steps[0]?.value === "provider";
}

function texts(nodes: readonly (Node | undefined)[]): readonly string[] | undefined {
  return nodes.every((node) => node?.type === "string")
    ? nodes.map((node) => String(node?.value))
    : undefined;
}
