import jsonata from "jsonata";
import safeRegex from "safe-regex2";

/**
 * Maximum nesting of an expression's parts. Step Functions stops at an evaluation depth of about 100
 * (https://github.com/floci-io/floci/issues/2737), of which the workflow takes 10 around the expression; the rest is
 * for the expression's own functions that call each other.
 */
export const MAX_EXPRESSION_DEPTH = 60;

/** Variables of JSONata 2.0.6 that Step Functions rejects. @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
const REJECTED_VARIABLES: ReadonlyMap<unknown, string> = new Map([
  ["$", "Step Functions knows no $$; name the event's own fields, such as data.id"],
  ["eval", "Step Functions knows no $eval; write the expression itself"],
]);

/**
 * Returns why Step Functions or the workflow would reject a filter, a transform or a consumer's `when`; undefined if
 * they would accept it. The package `jsonata` is pinned to the version that Step Functions implements, so both parse
 * the same expressions.
 */
export function problemOf(source: string): string | undefined {
  let ast: unknown;
  try {
    ast = jsonata(source).ast();
  } catch (error) {
    const { message, position } = error as { message: string; position?: number };
    const newer = /\?\?|\?:/.test(source)
      ? "; Step Functions runs JSONata 2.0.6, which knows neither ?? nor ?:"
      : "";
    return `allowed is a JSONata expression; at character ${position ?? "?"}: ${message}${newer}`;
  }
  const nodes = [...nodesOf(ast)];
  for (const { node } of nodes) {
    const rejected = node.type === "variable" ? REJECTED_VARIABLES.get(node.value) : undefined;
    if (rejected !== undefined) return rejected;
  }
  const depth = Math.max(...nodes.map((one) => one.depth));
  return depth > MAX_EXPRESSION_DEPTH
    ? `its parts are nested ${depth} levels deep, and Step Functions evaluates no deeper than about 100; allowed are ${MAX_EXPRESSION_DEPTH} (a chain of & or + counts each link)`
    : undefined;
}

/**
 * Returns the regular expressions in an expression that can take exponential time, as one with a quantifier inside a
 * quantified group can on a text made for that.
 */
export function slowRegexes(source: string): readonly string[] {
  return [...nodesOf(jsonata(source).ast())]
    .map(({ node }) => node.value)
    .filter((value): value is RegExp => value instanceof RegExp)
    .filter((regex) => !safeRegex(regex, { limit: Number.POSITIVE_INFINITY }))
    .map(String);
}

/** Returns the names of the fields that an expression reads, at any level. */
export function fieldsOf(source: string): readonly string[] {
  return [...nodesOf(jsonata(source).ast())].flatMap(({ node: { type, value } }) =>
    type === "name" && typeof value === "string" ? [value] : [],
  );
}

interface Node {
  readonly type?: unknown;
  readonly value?: unknown;
}

/** Yields every node of a syntax tree with its depth. A list does not count as a level. */
function* nodesOf(tree: unknown, depth = 0): Generator<{ node: Node; depth: number }> {
  if (typeof tree !== "object" || tree === null || tree instanceof RegExp) return;
  const isNode = !Array.isArray(tree) && "type" in tree;
  const level = isNode ? depth + 1 : depth;
  if (isNode) yield { node: tree, depth: level };
  for (const part of Object.values(tree)) yield* nodesOf(part, level);
}
