/** Where a value stands in a JSON text: from its first character to behind its last one. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value that a path leads to, with the lists that it stands in, from the outside in. */
export interface Found extends Span {
  readonly lists: readonly { readonly list: Span; readonly item: Span }[];
}

/**
 * Finds the values at a path in a JSON text, without reading a number or a text out of it: what is cut out at these
 * places is what was sent. `*` stands for every element of a list.
 * @param text valid JSON; of anything else the result means nothing
 * @param repeated which of several properties of one name: the last, as `JSON.parse` has it, or all
 */
export function findSpans(
  text: string,
  path: readonly string[],
  repeated: "last" | "all" = "last",
): readonly Found[] {
  let found: readonly Found[] = [{ ...valueSpan(text, 0), lists: [] }];
  for (const name of path) {
    found = found.flatMap((owner): readonly Found[] => {
      if (name === "*") {
        return items(text, owner).map((item) => ({
          ...item,
          lists: [...owner.lists, { list: owner, item }],
        }));
      }
      const members = membersOf(text, owner, name);
      return members.slice(repeated === "all" ? 0 : -1).map((member) => ({ ...member, lists: owner.lists }));
    });
  }
  return found;
}

/** Returns the elements of a list; none of anything else. */
function items(text: string, { start }: Span): readonly Span[] {
  if (text[start] !== "[") return [];
  const spans: Span[] = [];
  for (let at = skipSpace(text, start + 1); text[at] !== "]";) {
    const span = valueSpan(text, at);
    spans.push(span);
    at = skipSpace(text, span.end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return spans;
}

/** Returns the properties of an object that have this name. */
function membersOf(text: string, { start }: Span, name: string): readonly Span[] {
  const members: Span[] = [];
  if (text[start] !== "{") return members;
  for (let at = skipSpace(text, start + 1); text[at] !== "}";) {
    const key = valueSpan(text, at);
    const value = valueSpan(text, skipSpace(text, key.end) + 1);
    if (JSON.parse(text.slice(key.start, key.end)) === name) members.push(value);
    at = skipSpace(text, value.end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return members;
}

const SPACE = /[ \t\n\r\ufeff]*/y;
/** A text, or a run of what is neither a text nor a bracket. */
const TOKEN = /"(?:[^"\\]+|\\[^])*"|[^"[\]{}]+/y;
const SCALAR = /"(?:[^"\\]+|\\[^])*"|[^\s,\]}]+/y;

function skipSpace(text: string, at: number): number {
  return endOf(SPACE, text, at);
}

/** Returns the value that begins at or behind `from`. */
function valueSpan(text: string, from: number): Span {
  const start = skipSpace(text, from);
  if (text[start] !== "{" && text[start] !== "[") return { start, end: endOf(SCALAR, text, start) };
  let at = start;
  let depth = 0;
  do {
    const character = text[at];
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    else {
      at = endOf(TOKEN, text, at);
      continue;
    }
    at += 1;
  } while (depth > 0);
  return { start, end: at };
}

/** @throws if the text is no JSON after all; nothing may loop */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (!match || (match[0] === "" && pattern !== SPACE)) throw new SyntaxError(`no JSON value at ${at}`);
  return pattern.lastIndex;
}
