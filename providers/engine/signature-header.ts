import type { CompiledSignature } from "./compile";
import { encodeSignature } from "./encoding";
import { readHeader, readHeaders } from "./headers";
import { plainText, valueAt } from "./payload";
import { isRejection, reject, type Rejection, type WebhookRequest } from "./request";
import type { ValueFormat } from "./scheme";
import { tooLarge } from "./unproved";

/** A group of signatures, with the fields of the same list. */
export interface ParsedSignatures {
  /** Decoded signatures of this scheme: at least one, each of the right length. */
  readonly signatures: readonly Buffer[];
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Most signatures of the scheme's own kind that are read from one header: a provider writes one, and two or three while
 * a secret is replaced. Further signatures are ignored.
 */
const MAX_SIGNATURES = 8;

/** Most lists in one header: each has its own time, for which the body is hashed again. Persona writes two. */
const MAX_GROUPS = 2;

export const NO_FIELDS: ReadonlyMap<string, string> = new Map();

/**
 * Reads the signatures of a request, for nearly all providers in one group.
 * @param body returns the parsed body, for providers that put the signature there
 */
export function readSignatures(
  request: WebhookRequest,
  compiled: CompiledSignature,
  body: { parsed(): unknown },
): readonly ParsedSignatures[] | Rejection {
  const { at, read, value: format } = compiled.verify.signature;
  if (at) {
    const value = plainText(valueAt(body.parsed(), at));
    if (value === undefined)
      return reject(
        "body_malformed",
        tooLarge(request.body) ?? `the body holds no text ${at.path.join(".")}`,
      );
    return grouped(parseSignatures([value], compiled));
  }
  if (read === "each" || read === "numbered") {
    const values = readHeaders(request.headers, compiled.signatureHeader, read === "numbered");
    return isRejection(values) ? values : grouped(parseSignatures(values, compiled));
  }
  const value = readHeader(request.headers, compiled.signatureHeader);
  if (typeof value !== "string") return value;
  if (format.form !== "list" || format.groups === undefined)
    return grouped(parseSignatures([value], compiled));

  const all = value
    .split(format.groups)
    .filter((text) => text !== "")
    .slice(0, MAX_GROUPS);
  const parsed = all.map((text) => parseSignatures([text], compiled, Buffer.alloc(compiled.scratch.length)));
  const groups = parsed.flatMap((group) => (isRejection(group) ? [] : [group]));
  const rejection = parsed.find(isRejection);
  return groups.length > 0 || !rejection ? groups : rejection;
}

function grouped(parsed: ParsedSignatures | Rejection): readonly ParsedSignatures[] | Rejection {
  return isRejection(parsed) ? parsed : [parsed];
}

/** Reads all values of one signature header as one group of signatures. */
function parseSignatures(
  values: readonly string[],
  compiled: CompiledSignature,
  scratch = compiled.scratch,
): ParsedSignatures | Rejection {
  const signatures: Buffer[] = [];
  // Apply the limit to single headers only: repeated ones have a limit of their own.
  const most = values.length === 1 ? MAX_SIGNATURES : values.length;
  let fields = NO_FIELDS;
  for (const value of values) {
    const items = parseValue(value, compiled);
    if (typeof items === "string") {
      if (values.length === 1) return malformed(compiled, items);
      continue;
    }
    fields = items.fields;
    for (const text of items.texts) {
      // Skip a signature that cannot be decoded: a provider may be replacing its algorithm, and another one may match.
      const bytes = compiled.decode(text, signatures.length === 0 ? scratch : undefined);
      if (bytes) signatures.push(bytes);
      if (signatures.length === most) break;
    }
  }
  if (signatures.length > 0) return { signatures, fields };
  const { algorithm, verify } = compiled;
  const length = algorithm.signatureLength === undefined ? "" : ` of ${algorithm.signatureLength} bytes`;
  return malformed(compiled, `holds no signature${length} in ${verify.signature.encoding}`);
}

interface Items {
  readonly texts: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
}

/** Returns the texts of the signatures and the used fields, or what is wrong with the value. */
function parseValue(value: string, { verify, fields }: CompiledSignature): Items | string {
  const { value: format } = verify.signature;
  switch (format.form) {
    case "list":
      return parseList(value, format, fields);
    case "positions": {
      const texts = value.split(format.separator).map((text) => sliceTrimmed(text, 0, text.length));
      const named = format.fields.map((name, index): [string, string] => [name, texts[index] ?? ""]);
      return { texts: texts.slice(named.length), fields: new Map(named) };
    }
    case "whole": {
      const prefix = format.prefix ?? "";
      const prefixed = value.startsWith(prefix);
      if (!prefixed && !format.prefixOptional) return `does not begin with ${prefix}`;
      return { texts: [prefixed ? value.slice(prefix.length) : value], fields: NO_FIELDS };
    }
  }
}

/**
 * Returns the signatures and the used fields of a list, or what is wrong with it. Reads the text by index: splitting it
 * first would take a tenth of the whole verification.
 */
function parseList(
  value: string,
  { separator, pair, signature }: Extract<ValueFormat, { form: "list" }>,
  used: ReadonlySet<string>,
): Items | string {
  const texts: string[] = [];
  let fields: Map<string, string> | undefined;
  for (let start = 0; start < value.length;) {
    const next = value.indexOf(separator, start);
    const end = next < 0 ? value.length : next;
    const at = value.indexOf(pair, start);
    if (at < 0) break;
    if (at < end) {
      const name = sliceTrimmed(value, start, at);
      if (name === signature) texts.push(sliceTrimmed(value, at + 1, end));
      else if (used.has(name)) {
        fields ??= new Map();
        if (fields.has(name)) return `holds ${name}${pair} more than once`;
        fields.set(name, sliceTrimmed(value, at + 1, end));
      }
    }
    start = end + separator.length;
  }
  return texts.length === 0 ? `holds no ${signature}${pair}` : { texts, fields: fields ?? NO_FIELDS };
}

/** Returns a slice without the white space that HTTP allows around it; `trim` would remove line ends as well. */
function sliceTrimmed(text: string, from: number, to: number): string {
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (from < to && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function malformed({ signatureHeader, verify }: CompiledSignature, what: string): Rejection {
  const { at } = verify.signature;
  if (at) return reject("body_malformed", `${at.path.join(".")} of the body ${what}`);
  return reject("header_malformed", `${signatureHeader.label} ${what}`);
}

/** Writes the value of a signature header. */
export function formatSignatures(
  signatures: readonly Buffer[],
  fields: ReadonlyMap<string, string>,
  { verify: { signature } }: CompiledSignature,
): string {
  const texts = signatures.map((bytes) => encodeSignature(bytes, signature.encoding));
  const { value: format } = signature;
  switch (format.form) {
    case "whole":
      return `${format.prefix ?? ""}${texts.join()}`;
    case "positions":
      return [...fields.values(), ...texts].join(format.separator);
    case "list": {
      const values = [...fields].map(([name, text]) => `${name}${format.pair}${text}`);
      const written = texts.map((text) => `${format.signature}${format.pair}${text}`);
      return [...(format.fields ? [] : values), ...written, ...(format.fields ? values : [])].join(
        format.separator,
      );
    }
  }
}
