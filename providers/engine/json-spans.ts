/** Position of a value in a JSON text: from its first character up to, but not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Position of a value at a path, with the lists that contain it, from the outside in. */
export interface Found extends Span {
  readonly lists: readonly { readonly list: Span; readonly item: Span }[];
}

/**
 * Finds the values at a path in a JSON text without parsing them, so that a value that is cut out has the bytes that
 * were sent. `*` stands for every element of a list.
 * @param text valid JSON; for other texts the result has no meaning
 * @param repeated which properties to find if a name is repeated: the last, as `JSON.parse` does, or all
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

/** Returns the elements of a list; an empty list for any other value. */
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

/** Returns the values of an object's properties with this name. */
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
/** A string, or a run of characters other than quotes and brackets. */
const TOKEN = /"(?:[^"\\]+|\\[^])*"|[^"[\]{}]+/y;
const SCALAR = /"(?:[^"\\]+|\\[^])*"|[^\s,\]}]+/y;

function skipSpace(text: string, at: number): number {
  return endOf(SPACE, text, at);
}

/** Returns the position of the first value at or after `from`. */
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

/** Returns the end of a match. @throws if the text is not JSON, so that invalid texts cannot cause an endless loop */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (!match || (match[0] === "" && pattern !== SPACE)) throw new SyntaxError(`no JSON value at ${at}`);
  return pattern.lastIndex;
}
