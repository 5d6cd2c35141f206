import type { SignatureFormat } from "./scheme";

/** Reads one signature: its bytes, or undefined unless the text is exactly what a signature of this length looks like. */
export type SignatureDecoder = (text: string) => Buffer | undefined;

/**
 * A strict decoder for signatures of `length` bytes.
 *
 * Strict, because Node's own decoders are not: they stop at the first character that is none of theirs, and skip
 * white space in base64. Base64 must be padded and canonical (the bits beyond the last byte are zero), so that each
 * signature has one spelling; the official libraries compare texts and refuse the others as well.
 */
export function signatureDecoder(encoding: SignatureFormat["encoding"], length: number): SignatureDecoder {
  const nodeEncoding = nodeEncodingOf(encoding);
  const characters = nodeEncoding === "hex" ? 2 * length : 4 * Math.ceil(length / 3);
  const pattern = patternOf(encoding, length);
  return (text) =>
    text.length === characters && pattern.test(text) ? Buffer.from(text, nodeEncoding) : undefined;
}

/** A signature as the sender writes it. */
export function encodeSignature(bytes: Buffer, encoding: SignatureFormat["encoding"]): string {
  return bytes.toString(nodeEncodingOf(encoding));
}

function nodeEncodingOf(encoding: SignatureFormat["encoding"]): "base64" | "hex" {
  return encoding === "base64" ? "base64" : "hex";
}

/** The characters of a signature; their number is checked apart, which is faster than to count in the pattern. */
function patternOf(encoding: SignatureFormat["encoding"], length: number): RegExp {
  switch (encoding) {
    case "hex":
      return /^[0-9a-f]+$/;
    case "hex-any-case":
      return /^[0-9a-fA-F]+$/;
    case "base64": {
      // The last letter of an incomplete group of three bytes holds 4 or 2 bits that must be zero.
      const end = ["", "[AQgw]==", "[AEIMQUYcgkosw048]="][length % 3] ?? "";
      return new RegExp(`^[A-Za-z0-9+/]+${end}$`);
    }
  }
}
