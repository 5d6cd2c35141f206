/**
 * Maximum nesting of objects and lists in an event's JSON. Consumers' parsers fail or recurse without end on more:
 * .NET's accepts 64 levels by default, serde_json 128, Go's and Jackson's 1,000 to 10,000; the deepest payload of a
 * provider has about 20.
 */
export const MAX_DEPTH = 200;

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);

/** Returns whether a JSON text is nested deeper than {@link MAX_DEPTH}. Stops there, in one pass without recursion. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) index = endOfString(json, index);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Returns the index of the quote that ends the string which begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let index = start + 1; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === BACKSLASH) index += 1;
    else if (code === QUOTE) return index;
  }
  return json.length;
}
