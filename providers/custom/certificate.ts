import { X509Certificate, type KeyObject } from "node:crypto";

/** The RSA key of a certificate in PEM that is valid now; undefined otherwise. */
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

/** Longest signature, in characters: RSA with 16,384 bits. */
const MAX_SIGNATURE_LENGTH = 2_736;

/** A signature in padded, canonical base64; undefined for anything else. */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length > MAX_SIGNATURE_LENGTH) return undefined;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) || text === "")
    return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
