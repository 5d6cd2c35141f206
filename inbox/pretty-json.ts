/** Levels that are indented; what is deeper stays on one line, since each level widens every line below it. */
const MAX_INDENTED_DEPTH = 40;

/**
 * Maximum number of characters of one text that are shown: a page has several texts, and the whole can be downloaded.
 */
const MAX_SHOWN_LENGTH = 256 * 1024;

/**
 * Returns JSON text with one value per line, for people: indented up to a depth and cut at a length. Only white space
 * changes: numbers and escapes stay as they were sent, since `JSON.parse` would round numbers. Text that is not JSON is
 * returned unchanged, but cut at the same length.
 */
export function prettyJson(text: string): string {
  return isJson(text) ? indented(text) : shown(text, text.length);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the beginning of a text, and the length of the whole. @param length characters of the original that `text`
 * was made of
 */
function shown(text: string, length: number): string {
  if (text.length <= MAX_SHOWN_LENGTH) return text;
  const beginning = text.slice(0, MAX_SHOWN_LENGTH).replace(/[\ud800-\udbff]$/, "");
  return `${beginning}\n… (cut; the whole has ${length} characters)`;
}

const TOKEN = /"[^"\\]*(?:\\[^][^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function indented(text: string): string {
  let depth = 0;
  let pretty = "";
  let before = "";
  const line = () => (depth > MAX_INDENTED_DEPTH ? "" : `\n${"  ".repeat(depth)}`);
  const isOpening = (token: string) => token === "{" || token === "[";
  const isClosing = (token: string) => token === "}" || token === "]";
  // Reads token by token, so that of a large text only the part that is shown is processed.
  for (const [token] of text.matchAll(TOKEN)) {
    if (isOpening(before) && !isClosing(token)) pretty += line();
    if (isOpening(token)) {
      pretty += token;
      depth += 1;
    } else if (isClosing(token)) {
      // Keeps the brace of a level that was not indented on its line.
      const end = line();
      depth -= 1;
      pretty += (isOpening(before) || end === "" ? "" : line()) + token;
    } else if (token === ",") pretty += token + (line() || " ");
    else pretty += token === ":" ? ": " : token;
    if (pretty.length > MAX_SHOWN_LENGTH) return shown(pretty, text.length);
    before = token;
  }
  return pretty;
}
