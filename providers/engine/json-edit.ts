import { withoutByteOrderMarks } from "./body";
import { findSpans, type Span } from "./json-spans";
import { parseJson } from "./payload";

/**
 * Edits the text of a JSON body and keeps every other byte: no number is parsed and written again. Returns a body that
 * is neither an object nor a list unchanged.
 * @param edit gets the text with one character for each byte
 */
export function editJson(body: Buffer, edit: (text: string) => string): Buffer {
  const parsed = parseJson(body, "latin1");
  if (typeof parsed !== "object" || parsed === null) return body;
  const json = withoutByteOrderMarks(body);
  const marks = body.subarray(0, body.length - json.length);
  return Buffer.concat([marks, Buffer.from(edit(json.toString("latin1")), "latin1")]);
}

/**
 * Sets a property, and creates missing objects on its path.
 * @param text a JSON object
 */
export function withProperty(text: string, path: readonly string[], value: string | number): string {
  // Write ASCII only, which is right in every encoding of the text.
  const json = JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return withMember(text, path, json);
}

function withMember(text: string, path: readonly string[], json: string): string {
  const [found] = findSpans(text, path);
  if (found) return replaced(text, found, json);
  const name = JSON.stringify(path.at(-1) ?? "");
  const outer = path.slice(0, -1);
  const [owner] = findSpans(text, outer);
  if (!owner || text[owner.start] !== "{")
    return outer.length === 0 ? text : withMember(text, outer, `{${name}:${json}}`);
  const rest = text.slice(owner.start + 1);
  return `${text.slice(0, owner.start + 1)}${name}:${json}${/^\s*\}/.test(rest) ? "" : ","}${rest}`;
}

/** Edits each value at a path. */
export function withEach(
  text: string,
  path: readonly string[],
  edit: (value: string, index: number) => string,
): string {
  return findSpans(text, path).reduceRight(
    (edited, span, index) => replaced(edited, span, edit(text.slice(span.start, span.end), index)),
    text,
  );
}

/** Replacement for a text; any other value is replaced by null. */
export const BLANK = "[redacted]";

/**
 * Redacts the values at the paths, including all values of a repeated property. Keeps every other character.
 * @param text valid JSON
 */
export function blankFields(text: string, paths: readonly (readonly string[])[]): string {
  return paths.reduce(
    (edited, path) =>
      findSpans(edited, path, "all").reduceRight(
        (rest, span) => replaced(rest, span, rest[span.start] === '"' ? JSON.stringify(BLANK) : "null"),
        edited,
      ),
    text,
  );
}

function replaced(text: string, { start, end }: Span, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}
