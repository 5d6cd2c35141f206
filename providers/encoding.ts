import type { SignatureFormat } from "./scheme";

/** Reads one signature: its bytes, or undefined unless the text is exactly what such a signature looks like. */
export type SignatureDecoder = (text: string) => Buffer | undefined;

/** Characters of the longest signature of no fixed length: RSA with 16,384 bits in base64. */
const MAX_CHARACTERS = 2736;

/**
 * A strict decoder for signatures.
 *
 * Strict, because Node's own decoders are not: they stop at the first character that is none of theirs, and skip
 * white space in base64. Base64 must be padded and canonical (the bits beyond the last byte are zero), so that each
 * signature has one spelling; the official libraries compare texts and refuse the others as well. Written out, because
 * to check by a pattern and then to decode by Node costs five times as much, a tenth of the whole verification.
 * @param length bytes of a signature; undefined where they are not always as many
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
  const { bits, digits } = ALPHABETS[encoding];
  const characters = Math.ceil((8 * length) / bits);
  const padding = encoding === "base64" ? "=".repeat((4 - (characters % 4)) % 4) : "";
  const whole = characters + padding.length;
  return (text) =>
    text.length === whole && (padding === "" || text.endsWith(padding))
      ? decodeDigits(text, characters, bits, digits, length)
      : undefined;
}

/** The bytes of so many digits; undefined where one is none, or where bits beyond the last byte are set. */
function decodeDigits(
  text: string,
  characters: number,
  bitsOfDigit: number,
  digits: Int8Array,
  length: number,
): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(length);
  let invalid = 0;
  let buffered = 0;
  let bits = 0;
  let filled = 0;
  for (let index = 0; index < characters; index += 1) {
    const code = text.charCodeAt(index);
    const digit = code < 128 ? (digits[code] ?? -1) : -1;
    invalid |= digit;
    buffered = (buffered << bitsOfDigit) | digit;
    bits += bitsOfDigit;
    if (bits >= 8) {
      bits -= 8;
      bytes[filled] = buffered >>> bits;
      filled += 1;
    }
  }
  const beyond = buffered & ((1 << bits) - 1);
  return invalid < 0 || beyond !== 0 ? undefined : bytes;
}

/** A signature as the sender writes it. */
export function encodeSignature(bytes: Buffer, encoding: SignatureFormat["encoding"]): string {
  return bytes.toString(nodeEncodingOf(encoding));
}

function nodeEncodingOf(encoding: SignatureFormat["encoding"]): "base64" | "base64url" | "hex" {
  return encoding === "hex-any-case" ? "hex" : encoding;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const ALPHABETS: Readonly<
  Record<SignatureFormat["encoding"], { readonly bits: 4 | 6; readonly digits: Int8Array }>
> = {
  hex: { bits: 4, digits: valuesOf("0123456789abcdef") },
  "hex-any-case": { bits: 4, digits: valuesOf("0123456789abcdef", "0123456789ABCDEF") },
  base64: { bits: 6, digits: valuesOf(`${LETTERS}+/`) },
  base64url: { bits: 6, digits: valuesOf(`${LETTERS}-_`) },
};

/** The value of each character by its code; -1 for those that are no digit. */
function valuesOf(...alphabets: readonly string[]): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (const alphabet of alphabets) {
    [...alphabet].forEach((character, value) => {
      values[character.charCodeAt(0)] = value;
    });
  }
  return values;
}
