import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import { ConfigurationError } from "./errors";
import { publicSecret } from "./public-secrets";
import type { KeyFormat, PublicKeyVerification } from "./scheme";

/** Letters, digits, `+` and `/`, and padding that may be missing: people copy secrets by hand. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const HEX = /^(?:[0-9a-fA-F]{2})+$/;

/** Version that Supabase shows in front of a secret's prefix. @see https://supabase.com/docs/guides/auth/auth-hooks */
const VERSION = /^v\d+a?,(?=wh[a-z]+_)/;

/**
 * Most prepared secrets in the cache: more than a provider ever has, so only callers that always pass new ones reach
 * it.
 */
const MAX_KEYS = 32;

/**
 * Caches the results of `make`, so that a request does not decode its secret again.
 * @param make gets the secret and its name in error messages
 */
export function perSecret<T>(
  scheme: string,
  make: (secret: string, what: string) => T,
): (secret: string, index: number) => T {
  const made = new Map<string, T>();
  return (secret, index) => {
    const known = made.get(secret);
    if (known !== undefined) return known;
    const what = `secret ${index} of scheme ${scheme}`;
    assertSecret(secret, what);
    const fresh = make(secret, what);
    if (made.size >= MAX_KEYS) made.clear();
    made.set(secret, fresh);
    return fresh;
  };
}

/**
 * Rejects an unusable secret.
 * @throws ConfigurationError if the secret is empty or publicly known, so that anyone could sign with it
 */
export function assertSecret(secret: string, what: string): void {
  if (secret.trim() === "") throw new ConfigurationError(`${what} is empty`);
  const reason = publicSecret(secret);
  if (reason !== undefined) throw new ConfigurationError(`${what} ${reason}`);
}

/**
 * Returns the public key in a text, in PEM or as DER in base64, alone or in a certificate; undefined for every other
 * text. Everybody may know a public key, so it must never become the key of an HMAC.
 */
export function publicKeyIn(text: string): KeyObject | undefined {
  const pem = text.trim();
  if (pem.startsWith("-----BEGIN ")) return withoutThrowing(() => createPublicKey(pem));
  const base64 = pem.replace(/\s+/g, "");
  // Return early for nearly every secret: DER starts with a sequence, which is `M` in base64.
  if (!base64.startsWith("M") || !BASE64.test(base64)) return undefined;
  const der = Buffer.from(base64, "base64");
  return (
    withoutThrowing(() => createPublicKey({ key: der, format: "der", type: "spki" })) ??
    withoutThrowing(() => createPublicKey({ key: der, format: "der", type: "pkcs1" })) ??
    withoutThrowing(() => new X509Certificate(der).publicKey)
  );
}

function withoutThrowing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** @throws ConfigurationError for a secret that cannot be decoded, is empty when decoded, or is a public key */
export function hmacKey(secret: string, format: KeyFormat, what: string): KeyObject {
  if (publicKeyIn(secret)) throw new ConfigurationError(`${what} is a public key, which everybody may know`);
  return createSecretKey(
    format.encoding === "utf8" ? Buffer.from(secret, "utf8") : decode(secret, format.encoding, format, what),
  );
}

/** DER bytes in front of a key's 32 bytes. @see https://www.rfc-editor.org/rfc/rfc8410 */
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");
const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const KEY_TYPES = { ed25519: "ed25519", "ecdsa-sha256": "ec", "rsa-sha256": "rsa" } as const;

/** @throws ConfigurationError for a text that is not a public key of the algorithm */
export function publicKey(text: string, verify: PublicKeyVerification, what: string): KeyObject {
  const { key: format, algorithm } = verify;
  return asymmetricKey(algorithm, `${what} is no public key for ${algorithm}`, () => {
    if (isPem(text, "PUBLIC KEY")) return createPublicKey(text);
    const encoding = format.encoding === "raw-hex" ? "hex" : "base64";
    const der = decode(text, encoding, format, what);
    if (format.encoding === "spki") return createPublicKey({ key: der, format: "der", type: "spki" });
    if (der.length !== 32) throw new ConfigurationError(`${what} has ${der.length} bytes instead of 32`);
    return createPublicKey({ key: Buffer.concat([ED25519_SPKI, der]), format: "der", type: "spki" });
  });
}

/**
 * Returns the private key to sign with as the provider does. Accepts PKCS #8 in PEM, or for Ed25519 the seed, with or
 * without the public key after it, in the encoding of the scheme's public keys (a prefix `whsk_` is removed).
 * @throws ConfigurationError for a text that is not a private key of the algorithm
 */
export function privateKey(text: string, verify: PublicKeyVerification, what: string): KeyObject {
  const { key: format, algorithm } = verify;
  return asymmetricKey(algorithm, `${what} is no private key for ${algorithm}`, () => {
    if (isPem(text, "PRIVATE KEY")) return createPrivateKey(text);
    const encoding = format.encoding === "raw-hex" ? "hex" : "base64";
    const seed = decode(text, encoding, { stripPrefix: "whsk_" }, what);
    const der = format.encoding === "spki" ? seed : Buffer.concat([ED25519_PKCS8, seed.subarray(0, 32)]);
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  });
}

function isPem(text: string, label: string): boolean {
  return text.trim().startsWith(`-----BEGIN ${label}-----`);
}

function asymmetricKey(
  algorithm: PublicKeyVerification["algorithm"],
  problem: string,
  read: () => KeyObject,
): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch (error) {
    // Replace OpenSSL's message, which does not help an operator.
    throw error instanceof ConfigurationError ? error : new ConfigurationError(problem);
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType !== KEY_TYPES[algorithm] || (curve !== undefined && curve !== "prime256v1")) {
    throw new ConfigurationError(problem);
  }
  return key;
}

function decode(
  secret: string,
  encoding: "base64" | "hex",
  { stripPrefix: prefix = "" }: { readonly stripPrefix?: string },
  what: string,
): Buffer {
  const versioned = prefix === "" ? secret : secret.replace(VERSION, "");
  const text = versioned.startsWith(prefix) ? versioned.slice(prefix.length) : versioned;
  if (text === "") throw new ConfigurationError(`${what} is empty after ${prefix}`);
  // Reject base64 with one digit more than a multiple of four: the last 6 bits would not fill a byte.
  const whole = encoding === "hex" ? HEX.test(text) : BASE64.test(text) && digits(text) % 4 !== 1;
  if (whole) return Buffer.from(text, encoding);
  throw new ConfigurationError(
    `${what} is not ${encoding === "hex" ? "hexadecimal" : "base64"}${prefix && ` after ${prefix}`}${secret === secret.trim() ? "" : "; it begins or ends with white space"}`,
  );
}

function digits(base64: string): number {
  return base64.replace(/={1,2}$/, "").length;
}
