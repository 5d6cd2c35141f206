import type { SignatureFormat } from "./scheme";

/**
 * Returns the bytes of one signature, or undefined if the text is not exactly one such signature.
 * @param into buffer for the bytes, if their number is fixed; the caller decides when it may be overwritten
 */
export type SignatureDecoder = (text: string, into?: Buffer) => Buffer | undefined;

/** Number of characters of the longest signature without a fixed length: RSA with 16,384 bits, in base64. */
const MAX_CHARACTERS = 2736;

/**
 * Returns a strict decoder for signatures.
 *
 * Node's own decoders are not strict: they stop at the first invalid character, and skip white space in base64. Base64
 * must be padded and canonical (the bits after the last byte are zero), so that each signature has one spelling; the
 * official libraries compare texts and reject the others as well. The decoder is written out, because checking a
 * pattern and then decoding with Node costs five times as much, a tenth of the whole verification.
 * @param length bytes of a signature; undefined if it varies
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

/** Decodes two hexadecimal digits per byte; returns undefined if any character is not a digit. */
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

/** Decodes four digits per three bytes; returns undefined if any is invalid, or if bits after the last byte are set. */
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

/** Returns the value of each digit by its character code, and -1 for all other characters. */
function valuesOf(...alphabets: readonly string[]): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (const alphabet of alphabets) {
    [...alphabet].forEach((character, value) => {
      values[character.charCodeAt(0)] = value;
    });
  }
  return values;
}
