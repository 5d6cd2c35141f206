import { X509Certificate, type KeyObject } from "node:crypto";

/** Returns the RSA key of a certificate in PEM that is valid now; undefined otherwise. */
export function certificateOf(pem: string | undefined, now: number): KeyObject | undefined {
  if (pem === undefined) return undefined;
  try {
    const { publicKey, validFrom, validTo } = new X509Certificate(pem);
    const valid = Date.parse(validFrom) <= now && now <= Date.parse(validTo);
    return valid && publicKey.asymmetricKeyType === "rsa" ? publicKey : undefined;
  } catch {
    return undefined;
  }
}

/** Number of characters of the longest signature: RSA with 16,384 bits. */
const MAX_SIGNATURE_LENGTH = 2_736;

/** Returns the bytes of padded, canonical base64; undefined for other texts, and for more than `longest` characters. */
export function decodeBase64(text: string, longest = MAX_SIGNATURE_LENGTH): Buffer | undefined {
  if (text === "" || text.length > longest) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
