import type { SignatureFormat } from "./scheme";

const LOWER_HEX = /^[0-9a-f]*$/;
const ANY_HEX = /^[0-9a-fA-F]*$/;

/**
 * The bytes of a signature, or undefined unless the text is exactly what a signature of this length looks like.
 *
 * Strict, because Node's own decoders are not: they stop at the first character that is none of theirs, and skip
 * white space in base64. Base64 must be padded and canonical (bits beyond the last byte are zero), so that each
 * signature has one spelling; the official libraries compare texts and refuse the others as well.
 */
export function decodeSignature(
  text: string,
  encoding: SignatureFormat["encoding"],
  length: number,
): Buffer | undefined {
  switch (encoding) {
    case "hex":
      return text.length === 2 * length && LOWER_HEX.test(text) ? Buffer.from(text, "hex") : undefined;
    case "hex-any-case":
      return text.length === 2 * length && ANY_HEX.test(text) ? Buffer.from(text, "hex") : undefined;
    case "base64": {
      if (text.length !== 4 * Math.ceil(length / 3)) return undefined;
      const bytes = Buffer.from(text, "base64");
      return bytes.length === length && bytes.toString("base64") === text ? bytes : undefined;
    }
  }
}

/** A signature as the sender writes it. */
export function encodeSignature(bytes: Buffer, encoding: SignatureFormat["encoding"]): string {
  return bytes.toString(encoding === "base64" ? "base64" : "hex");
}
