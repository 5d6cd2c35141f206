/** What senders leave as it is in `application/x-www-form-urlencoded`; JSON and XML hold characters that they escape. */
const FORM = /^[^\s"{}<>]*=[^\s"{}<>]*$/;

/** The fields of a form-encoded body in their order, or undefined where it is none. Names may come several times. */
export function parseForm(body: Buffer): URLSearchParams | undefined {
  const text = body.toString("latin1");
  return FORM.test(text) ? new URLSearchParams(text) : undefined;
}

/** The form as an object: a text for each field, a list of texts where it comes several times. */
export function formObject(form: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

/** The one value of a field; undefined where it is absent or ambiguous. */
export function formField(form: URLSearchParams | undefined, name: string): string | undefined {
  const values = form?.getAll(name) ?? [];
  return values.length === 1 ? values[0] : undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
const BOUNDARY = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))/i;

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
    const head = part.slice(0, Math.max(end, 0));
    return end >= 0 && /^content-disposition:[^\r\n]*;\s*name="([^"]*)"/im.exec(head)?.[1] === name
      ? [part.slice(end + 4)]
      : [];
  });
  return values.length === 1 ? Buffer.from(values[0] ?? "", "latin1") : undefined;
}
