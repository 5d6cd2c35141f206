import { isUtf8 } from "node:buffer";
import { withoutByteOrderMarks } from "./body";

/** Values by name, in their order. A map, because URLSearchParams searches all pairs for every look-up. */
export type Form = ReadonlyMap<string, readonly string[]>;

/** Limits above which a form is not read. */
export interface FormLimits {
  /** Most pairs of name and value. */
  readonly fields: number;
  /** Most bytes of the body. */
  readonly bytes: number;
  /** Most `%` that do not begin an escape: no provider writes one, and each takes several times as long as a letter. */
  readonly wrongEscapes: number;
  /**
   * Whether to read a form that is not UTF-8: no provider writes one, and replacing invalid bytes takes most of the
   * time.
   */
  readonly anyBytes: boolean;
}

/** Limits of a body that is proved. Real forms have tens of fields; ten thousand take some 2 MB of memory. */
const PROVED: FormLimits = { fields: 10_000, bytes: Infinity, wrongEscapes: Infinity, anyBytes: true };

/**
 * Most fields of a form that is read before it is proved: PHP's default (`max_input_vars`), for which providers write.
 */
const MAX_UNPROVED_FIELDS = 1_000;

/** Returns limits for a form that must be read before it is proved, so that anyone may have sent it. */
export function unprovedForm(bytes: number): FormLimits {
  return { fields: MAX_UNPROVED_FIELDS, bytes, wrongEscapes: MAX_UNPROVED_FIELDS, anyBytes: false };
}

/**
 * Returns the fields of a form-encoded body, or undefined if it is not a form or exceeds the limits. A name may occur
 * several times. Reads like URLSearchParams, in one pass over the bytes: a decoder that throws for an invalid escape
 * would take a thousand times as long for each of them.
 */
export function parseForm(
  raw: Buffer,
  { fields, bytes, wrongEscapes, anyBytes }: FormLimits = PROVED,
): Form | undefined {
  const body = withoutByteOrderMarks(raw);
  const { length } = body;
  // Skip a text without `=` before reading every byte.
  if (length > bytes || !body.includes(EQUALS)) return undefined;
  const form = new Map<string, string[]>();
  const decoded = Buffer.allocUnsafe(length);
  let end = 0;
  let isAscii = true;
  let wrong = 0;
  let pairs = 0;
  let pairStart = 0;
  let name: string | undefined;
  let plain = PLAIN_IN_NAMES;
  for (let at = 0; at <= length; at += 1) {
    let byte = AMPERSAND;
    // Copy plain bytes in a loop of their own: nearly all of a form needs no other handling.
    while (at < length) {
      byte = body[at] as number;
      const itself = plain[byte] as number;
      if (itself === 0) break;
      decoded[end] = itself;
      end += 1;
      at += 1;
    }
    if (at >= length) byte = AMPERSAND;
    const ends = byte === AMPERSAND || byte === EQUALS;
    if (ends && !isAscii && !anyBytes && !isUtf8(decoded.subarray(0, end))) return undefined;
    if (byte === AMPERSAND) {
      const isEmpty = at === pairStart;
      pairStart = at + 1;
      if (isEmpty) continue;
      pairs += 1;
      if (pairs > fields) return undefined;
      const last = textOf(decoded, end, isAscii);
      const [key, value] = name === undefined ? [last, ""] : [name, last];
      const values = form.get(key);
      if (values) values.push(value);
      else form.set(key, [value]);
      name = undefined;
      plain = PLAIN_IN_NAMES;
      end = 0;
      isAscii = true;
    } else if (byte === EQUALS) {
      name = textOf(decoded, end, isAscii);
      plain = PLAIN_IN_VALUES;
      end = 0;
      isAscii = true;
    } else if (byte === PERCENT) {
      // A value is -1 if there is no hexadecimal digit, also beyond the end, and so is the union of both.
      const high = DIGITS[body[at + 1] ?? 0] ?? -1;
      const low = DIGITS[body[at + 2] ?? 0] ?? -1;
      if ((high | low) >= 0) {
        byte = (high << 4) | low;
        isAscii &&= byte < 0x80;
        at += 2;
      } else {
        wrong += 1;
        if (wrong > wrongEscapes) return undefined;
      }
      decoded[end] = byte;
      end += 1;
    } else return undefined;
  }
  return form;
}

/**
 * Returns the decoded text. Most texts are ASCII, which is faster; invalid UTF-8 becomes U+FFFD, as in URLSearchParams.
 * A function of its own, not a closure of the loop above, which would keep the counters out of the registers.
 */
function textOf(decoded: Buffer, end: number, isAscii: boolean): string {
  return decoded.toString(isAscii ? "latin1" : "utf8", 0, end);
}

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;

/**
 * Decoded form of each plain byte of a value. 0 for bytes that end it, begin an escape, or are in no form, such as
 * quotes.
 */
const PLAIN_IN_VALUES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (character === "+") return 0x20;
  return /[!#-$'-;=?-z|~]/.test(character) ? byte : 0;
});

/** Decoded form of each plain byte of a name, which the first `=` ends. */
const PLAIN_IN_NAMES = PLAIN_IN_VALUES.map((plain, byte) => (byte === EQUALS ? 0 : plain));

/** Value of each hexadecimal digit by its character code; -1 for all other characters. */
const DIGITS = Int8Array.from({ length: 256 }, (_, byte) => {
  const value = "0123456789abcdef".indexOf(String.fromCharCode(byte).toLowerCase());
  return byte < 0x80 ? value : -1;
});

/** Returns the form as an object: a text for each field, or a list of texts if the field occurs several times. */
export function formObject(form: Form): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    [...form].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}

/** Returns the value of a field; undefined if it is absent or occurs several times. */
export function formField(form: Form | undefined, name: string): string | undefined {
  const values = form?.get(name);
  return values?.length === 1 ? values[0] : undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
const BOUNDARY = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))/i;

/** Longest content type in which a boundary is looked for, in characters. */
const MAX_CONTENT_TYPE_LENGTH = 500;

/** Most characters of a part's headers that are read. */
const MAX_HEAD_LENGTH = 1_000;

/** Largest body that is read, in bytes: its content may have to be read before it is proved. */
const MAX_MULTIPART_BYTES = 1024 * 1024;

/** Most parts of a body: providers with multipart bodies send one to three. */
const MAX_PARTS = 100;

/**
 * Returns the bytes of a field of a `multipart/form-data` body; undefined if it is absent or ambiguous, or if the body
 * is cut off or exceeds the limits.
 * @param bytes largest body that is read, in bytes
 */
export function multipartField(
  contentType: string | undefined,
  body: Buffer,
  name: string,
  bytes = MAX_MULTIPART_BYTES,
): Buffer | undefined {
  if (contentType === undefined || contentType.length > MAX_CONTENT_TYPE_LENGTH || body.length > bytes)
    return undefined;
  const found = BOUNDARY.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) return undefined;
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  const values: Buffer[] = [];
  // Accept a first delimiter without a line break in front of it.
  const opening = delimiter.subarray(2);
  const opens = body.subarray(0, opening.length).equals(opening);
  const first = opens ? 0 : body.indexOf(delimiter);
  let start = first < 0 ? -1 : first + (opens ? opening : delimiter).length;
  for (let part = 0; start >= 0; part += 1) {
    const end = body.indexOf(delimiter, start);
    if (end < 0) {
      const closed = body.toString("latin1", start, start + 2) === "--";
      return closed && values.length === 1 ? values[0] : undefined;
    }
    if (part === MAX_PARTS) return undefined;
    const value = valueOf(body.subarray(start, end), name);
    if (value) values.push(value);
    start = end + delimiter.length;
  }
  return undefined;
}

/** Returns the content of a part if its field has this name. */
function valueOf(part: Buffer, name: string): Buffer | undefined {
  const end = part.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = part.toString("latin1", 0, Math.min(end, MAX_HEAD_LENGTH));
  const found = /^content-disposition:[^\r\n]*;\s*name="([^"]*)"/im.exec(head);
  return found?.[1] === name ? part.subarray(end + 4) : undefined;
}
