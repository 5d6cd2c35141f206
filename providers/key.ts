import { createSecretKey, type KeyObject } from "node:crypto";
import { ConfigurationError } from "./errors";
import type { KeyFormat } from "./scheme";

/** Letters, digits, `+` and `/`, and padding that may be missing: people copy secrets by hand. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Secrets kept decoded; more than a provider ever has at once, and a bound for callers that pass ever new ones. */
const MAX_KEYS = 32;

/** Turns secrets into keys and remembers the last ones, so that a request does not pay for the decoding. */
export function keyReader(scheme: string, format: KeyFormat): (secret: string, index: number) => KeyObject {
  const keys = new Map<string, KeyObject>();
  return (secret, index) => {
    const known = keys.get(secret);
    if (known) return known;
    const key = createSecretKey(keyBytes(secret, format, `secret ${index} of scheme ${scheme}`));
    if (keys.size >= MAX_KEYS) keys.clear();
    keys.set(secret, key);
    return key;
  };
}

/**
 * @throws ConfigurationError for an empty key, which anyone could sign with, and for one that cannot be decoded
 */
function keyBytes(secret: string, format: KeyFormat, what: string): Buffer {
  if (secret.trim() === "") throw new ConfigurationError(`${what} is empty`);
  if (format.encoding === "utf8") return Buffer.from(secret, "utf8");
  const prefix = format.stripPrefix ?? "";
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  if (text === "") throw new ConfigurationError(`${what} is empty after ${prefix}`);
  // A single character beyond a multiple of four holds 6 bits: no byte ends there.
  const digits = text.replace(/=+$/, "").length;
  if (!BASE64.test(text) || digits % 4 === 1) {
    throw new ConfigurationError(
      `${what} is not base64${prefix && ` after ${prefix}`}${secret === secret.trim() ? "" : "; it begins or ends with white space"}`,
    );
  }
  return Buffer.from(text, "base64");
}
