import type { SignatureFormat } from "./scheme";

/**
 * Reads one signature: its bytes, or undefined unless the text is exactly what such a signature looks like.
 * @param into takes the bytes where they are always as many; the caller says when it may be overwritten
 */
export type SignatureDecoder = (text: string, into?: Buffer) => Buffer | undefined;

/** Characters of the longest signature of no fixed length: RSA with 16,384 bits in base64. */
const MAX_CHARACTERS = 2736;

/**
 * Returns a strict decoder for signatures.
 *
 * Strict, because Node's own decoders are not: they stop at the first character that is none of theirs, and skip
 * white space in base64. Base64 must be padded and canonical (the bits beyond the last byte are zero), so that each
 * signature has one spelling; the official libraries compare texts and reject the others as well. Written out, because
 * to check by a pattern and then to decode by Node costs five times as much, a tenth of the whole verification.
 * @param length bytes of a signature; undefined if they are not always as many
 */
export function signatureDecoder(
  encoding: SignatureFormat["encoding"],
  length: number | undefined,
): SignatureDecoder {
  if (length === undefined) {
    const nodeEncoding = nodeEncodingOf(encoding);
    return (text) => {
      if (text === "" || text.length > MAX_CHARACTERS) return undefined;
      const bytes = Buffer.from(text, nodeEncoding);
      return bytes.toString(nodeEncoding) === text ? bytes : undefined;
    };
  }
  const digits = DIGITS[encoding];
  if (encoding === "hex" || encoding === "hex-any-case") {
    return (text, into = Buffer.allocUnsafe(length)) =>
      text.length === 2 * length ? decodeHex(text, digits, into) : undefined;
  }
  const characters = Math.ceil((4 * length) / 3);
  const padding = encoding === "base64" ? "=".repeat((4 - (characters % 4)) % 4) : "";
  const whole = characters + padding.length;
  return (text, into = Buffer.allocUnsafe(length)) =>
    text.length === whole && text.endsWith(padding)
      ? decodeBase64(text, characters, digits, into)
      : undefined;
}

/** Returns the bytes of two digits each; undefined if one is none. */
function decodeHex(text: string, digits: Int8Array, bytes: Buffer): Buffer | undefined {
  let invalid = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const high = digits[text.charCodeAt(2 * index)] ?? -1;
    const low = digits[text.charCodeAt(2 * index + 1)] ?? -1;
    invalid |= high | low;
    bytes[index] = (high << 4) | low;
  }
  return invalid < 0 ? undefined : bytes;
}

/** Returns the bytes of four digits for three; undefined if one is none, or if bits beyond the last byte are set. */
function decodeBase64(
  text: string,
  characters: number,
  digits: Int8Array,
  bytes: Buffer,
): Buffer | undefined {
  const { length } = bytes;
  let invalid = 0;
  let beyond = 0;
  for (let index = 0, filled = 0; index < characters; index += 4, filled += 3) {
    const first = digits[text.charCodeAt(index)] ?? -1;
    const second = digits[text.charCodeAt(index + 1)] ?? -1;
    const third = index + 2 < characters ? (digits[text.charCodeAt(index + 2)] ?? -1) : 0;
    const fourth = index + 3 < characters ? (digits[text.charCodeAt(index + 3)] ?? -1) : 0;
    invalid |= first | second | third | fourth;
    const group = (first << 18) | (second << 12) | (third << 6) | fourth;
    bytes[filled] = group >>> 16;
    if (filled + 1 < length) bytes[filled + 1] = group >>> 8;
    else beyond |= group & 0xffff;
    if (filled + 2 < length) bytes[filled + 2] = group;
    else beyond |= group & 0xff;
  }
  return invalid < 0 || beyond !== 0 ? undefined : bytes;
}
/** Returns a signature as the provider writes it. */
export function encodeSignature(bytes: Buffer, encoding: SignatureFormat["encoding"]): string {
  return bytes.toString(nodeEncodingOf(encoding));
}

function nodeEncodingOf(encoding: SignatureFormat["encoding"]): "base64" | "base64url" | "hex" {
  return encoding === "hex-any-case" ? "hex" : encoding;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const DIGITS: Readonly<Record<SignatureFormat["encoding"], Int8Array>> = {
  hex: valuesOf("0123456789abcdef"),
  "hex-any-case": valuesOf("0123456789abcdef", "0123456789ABCDEF"),
  base64: valuesOf(`${LETTERS}+/`),
  base64url: valuesOf(`${LETTERS}-_`),
};

/** Returns the value of each character by its code; -1 for those that are no digit. */
function valuesOf(...alphabets: readonly string[]): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (const alphabet of alphabets) {
    [...alphabet].forEach((character, value) => {
      values[character.charCodeAt(0)] = value;
    });
  }
  return values;
}
