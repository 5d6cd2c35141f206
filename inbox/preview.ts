/** Characters of a preview, and of one value in it. */
const MAX_PREVIEW = 100;
const MAX_VALUE = 40;

/** Maximum number of fields that are read for a preview. */
const MAX_FIELDS = 500;

/**
 * Returns a few fields of a payload on one line: first those that contain a text, then the outermost.
 * @param text text to find, regardless of case
 */
export function preview(payload: unknown, text?: string): string {
  const fields = fieldsOf(payload);
  const holds = ([, value]: Field) => text !== undefined && value.toLowerCase().includes(text.toLowerCase());
  const ordered = [...fields.filter(holds), ...fields.filter((field) => !holds(field))];
  const parts: string[] = [];
  for (const [path, value] of ordered) {
    const part = `${path}=${shortened(value, text)}`;
    if (parts.length > 0 && [...parts, part].join(" ").length > MAX_PREVIEW) break;
    parts.push(part);
  }
  return parts.join(" ");
}

type Field = readonly [path: string, value: string];

/** Returns the strings, numbers and booleans of a payload, the outermost first. */
function fieldsOf(payload: unknown): readonly Field[] {
  const fields: Field[] = [];
  let level: readonly (readonly [string, unknown])[] = [["", payload]];
  while (level.length > 0 && fields.length < MAX_FIELDS) {
    const inner: (readonly [string, unknown])[] = [];
    for (const [path, value] of level) {
      if (typeof value === "object" && value !== null) {
        for (const [name, one] of Object.entries(value))
          inner.push([path === "" ? name : `${path}.${name}`, one]);
      } else if (value !== null && value !== undefined && value !== "") {
        fields.push([path, String(value)]);
      }
    }
    level = inner;
  }
  return fields;
}

/** Returns the part of a long value that contains the text, or else its beginning. */
function shortened(value: string, text = ""): string {
  const line = value.replace(/\s+/g, " ");
  if (line.length <= MAX_VALUE) return line;
  const at = Math.max(0, line.toLowerCase().indexOf(text.toLowerCase()) - 10);
  const end = at + MAX_VALUE;
  return `${at > 0 ? "…" : ""}${line.slice(at, end)}${end < line.length ? "…" : ""}`;
}
