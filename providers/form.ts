import { withoutByteOrderMarks } from "./body";

/** Values by name, in their order. A map, because every look-up in URLSearchParams goes through all of them. */
export type Form = ReadonlyMap<string, readonly string[]>;

/** What senders leave as it is in `application/x-www-form-urlencoded`: not what JSON and XML hold. */
const FORM = /^[!#-;=?-z|~]*$/;

/** The fields of a form-encoded body, or undefined where it is none. Names may come several times. */
export function parseForm(body: Buffer): Form | undefined {
  const text = withoutByteOrderMarks(body).toString("latin1");
  if (!FORM.test(text) || !text.includes("=")) return undefined;
  const form = new Map<string, string[]>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decoded(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? "" : decoded(pair.slice(at + 1));
    const values = form.get(name);
    if (values) values.push(value);
    else form.set(name, [value]);
  }
  return form;
}

/** As URLSearchParams decodes, which goes through a long text without escapes one character after the other. */
function decoded(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return new URLSearchParams(`=${text}`).get("") ?? "";
  }
}

/** The form as an object: a text for each field, a list of texts where it comes several times. */
export function formObject(form: Form): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    [...form].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}

/** The one value of a field; undefined where it is absent or ambiguous. */
export function formField(form: Form | undefined, name: string): string | undefined {
  const values = form?.get(name);
  return values?.length === 1 ? values[0] : undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
const BOUNDARY = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))/i;

/** Characters of a part's headers that are looked at. */
const MAX_HEAD_LENGTH = 1_000;

/** The bytes of a field of a `multipart/form-data` body; undefined where it is absent, ambiguous, or the body is cut off. */
export function multipartField(
  contentType: string | undefined,
  body: Buffer,
  name: string,
): Buffer | undefined {
  const found = BOUNDARY.exec(contentType ?? "");
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) return undefined;
  const delimiter = `\r\n--${boundary}`;
  // One character for each byte, so that positions in the text are positions in the bytes.
  const text = `\r\n${body.toString("latin1")}`;
  const [, ...parts] = text.split(delimiter);
  const last = parts.pop();
  if (!last?.startsWith("--")) return undefined;
  const values = parts.flatMap((part) => {
    const end = part.indexOf("\r\n\r\n");
    const head = part.slice(0, Math.min(Math.max(end, 0), MAX_HEAD_LENGTH));
    return end >= 0 && /^content-disposition:[^\r\n]*;\s*name="([^"]*)"/im.exec(head)?.[1] === name
      ? [part.slice(end + 4)]
      : [];
  });
  return values.length === 1 ? Buffer.from(values[0] ?? "", "latin1") : undefined;
}
