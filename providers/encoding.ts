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
 * signature has one spelling; the official libraries compare texts and refuse the others as well.
 * @param length bytes of a signature; undefined where they are not always as many
 */
export function signatureDecoder(
  encoding: SignatureFormat["encoding"],
  length: number | undefined,
): SignatureDecoder {
  const nodeEncoding = nodeEncodingOf(encoding);
  if (length === undefined) {
    return (text) => {
      if (text === "" || text.length > MAX_CHARACTERS) return undefined;
      const bytes = Buffer.from(text, nodeEncoding);
      return bytes.toString(nodeEncoding) === text ? bytes : undefined;
    };
  }
  const characters = charactersOf(encoding, length);
  const pattern = patternOf(encoding, length);
  return (text) =>
    text.length === characters && pattern.test(text) ? Buffer.from(text, nodeEncoding) : undefined;
}

/** A signature as the sender writes it. */
export function encodeSignature(bytes: Buffer, encoding: SignatureFormat["encoding"]): string {
  return bytes.toString(nodeEncodingOf(encoding));
}

function nodeEncodingOf(encoding: SignatureFormat["encoding"]): "base64" | "base64url" | "hex" {
  return encoding === "hex-any-case" ? "hex" : encoding;
}

function charactersOf(encoding: SignatureFormat["encoding"], length: number): number {
  switch (encoding) {
    case "hex":
    case "hex-any-case":
      return 2 * length;
    case "base64":
      return 4 * Math.ceil(length / 3);
    case "base64url":
      return Math.ceil((4 * length) / 3);
  }
}

/** The characters of a signature; their number is checked apart, which is faster than to count in the pattern. */
function patternOf(encoding: SignatureFormat["encoding"], length: number): RegExp {
  // The last letter of an incomplete group of three bytes holds 4 or 2 bits that must be zero.
  const last = ["", "[AQgw]", "[AEIMQUYcgkosw048]"][length % 3] ?? "";
  switch (encoding) {
    case "hex":
      return /^[0-9a-f]+$/;
    case "hex-any-case":
      return /^[0-9a-fA-F]+$/;
    case "base64":
      return new RegExp(`^[A-Za-z0-9+/]+${last}${["", "==", "="][length % 3] ?? ""}$`);
    case "base64url":
      return new RegExp(`^[A-Za-z0-9_-]+${last}$`);
  }
}
