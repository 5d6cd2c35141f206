import {
  createHmac,
  createPublicKey,
  createVerify,
  sign as signBytes,
  verify as verifyBytes,
  type KeyObject,
} from "node:crypto";
import { ConfigurationError } from "../engine/errors";
import { publicKeyIn } from "../engine/key";
import { asObject, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import { sameBytes } from "../engine/secrets";

/** A JSON Web Signature in its compact form, split into its parts. Nothing in it is proved yet. */
export interface Jws {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  /** First part as sent. */
  readonly header: string;
  /** Second part as sent; empty if the payload is detached. */
  readonly payload: string;
  readonly signature: Buffer;
}

/**
 * Returns the bytes of base64url without padding; undefined for an invalid character, or if bits after the last byte
 * are set. So each token has only one spelling, and nobody can send a captured one in another spelling.
 */
function decodePart(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

/** Most characters of a header and of a signature: a signature by RSA with 16,384 bits has 2,731. */
const MAX_PART_LENGTH = 4_096;

/**
 * Splits a compact JWS into its parts.
 * @param longestHeader most characters of the header: one with certificates has more
 * @returns undefined if the text is not a canonical JWS, or demands an extension (`crit`), none of which is supported
 * here
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-7.1
 */
export function parseJws(text: string, longestHeader = MAX_PART_LENGTH): Jws | undefined {
  // Search for the dots, since `split` would create millions of parts for a text of dots.
  const first = text.indexOf(".");
  const second = text.indexOf(".", first + 1);
  if (first < 1 || first > longestHeader || second < 0 || text.length - second > MAX_PART_LENGTH)
    return undefined;
  const [header, payload] = [text.slice(0, first), text.slice(first + 1, second)];
  const signature = text.slice(second + 1);
  if (signature === "") return undefined;
  const [headerBytes, payloadBytes, signatureBytes] = [header, payload, signature].map(decodePart);
  if (!headerBytes || !payloadBytes || !signatureBytes) return undefined;
  const fields = asObject(parseJson(headerBytes));
  const algorithm = textOf(fields, "alg");
  if (!fields || algorithm === undefined || Object.hasOwn(fields, "crit")) return undefined;
  return {
    algorithm,
    keyId: textOf(fields, "kid"),
    header,
    payload,
    signature: signatureBytes,
  };
}

/** Returns the claims of a JWT: the payload as a JSON object, or undefined. */
export function claimsOf(jws: Jws): Readonly<Record<string, unknown>> | undefined {
  return asObject(parseJson(Buffer.from(jws.payload, "base64url")));
}

interface Algorithm {
  readonly keyType: "rsa" | "ec" | "ed25519";
  readonly digest: "sha256" | "sha384" | "sha512" | undefined;
  readonly curve?: string;
}

/** @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { keyType: "rsa", digest: "sha256" },
  RS384: { keyType: "rsa", digest: "sha384" },
  RS512: { keyType: "rsa", digest: "sha512" },
  ES256: { keyType: "ec", digest: "sha256", curve: "prime256v1" },
  ES384: { keyType: "ec", digest: "sha384", curve: "secp384r1" },
  ES512: { keyType: "ec", digest: "sha512", curve: "secp521r1" },
  EdDSA: { keyType: "ed25519", digest: undefined },
};

const HMACS: Readonly<Record<string, string>> = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };

/**
 * Returns whether a public key signed the token. The key decides with which algorithms it can be used, never the token
 * alone: otherwise a public key could be used as the secret of an HMAC.
 * @param payload second part of the signed content; the token's own by default
 */
export function signedByKey(
  jws: Jws,
  key: KeyObject,
  algorithms: readonly string[],
  payload = jws.payload,
): boolean {
  const algorithm = ALGORITHMS[jws.algorithm];
  if (!algorithm || !algorithms.includes(jws.algorithm) || key.asymmetricKeyType !== algorithm.keyType)
    return false;
  if (algorithm.curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== algorithm.curve) return false;
  try {
    // Hash in pieces if the algorithm allows it, so that a large payload is not copied.
    if (algorithm.digest !== undefined)
      return createVerify(algorithm.digest)
        .update(`${jws.header}.`)
        .update(payload, "latin1")
        .verify({ key, dsaEncoding: "ieee-p1363" }, jws.signature);
    const content = Buffer.from(`${jws.header}.${payload}`);
    return verifyBytes(null, content, { key, dsaEncoding: "ieee-p1363" }, jws.signature);
  } catch {
    return false;
  }
}

/** Returns whether a shared secret signed the token. A public key never counts as one, since everybody may know it. */
export function signedBySecret(jws: Jws, secret: string, algorithms: readonly string[]): boolean {
  const hash = HMACS[jws.algorithm];
  if (hash === undefined || !algorithms.includes(jws.algorithm) || publicKeyIn(secret)) return false;
  return sameBytes(createHmac(hash, secret).update(`${jws.header}.${jws.payload}`).digest(), jws.signature);
}

/**
 * Returns the key with this id from a JSON Web Key Set, or from a single JSON Web Key.
 * @returns undefined if there is no such key, or it is not for signatures
 */
export function keyFromSet(text: string | undefined, keyId: string | undefined): KeyObject | undefined {
  const set = asObject(parseJson(text ?? ""));
  const listed = set?.["keys"];
  const keys = (Array.isArray(listed) ? listed : [set]).map(asObject);
  const found = keys.find((key) => key !== undefined && textOf(key, "kid") === keyId);
  if (!found || (found["use"] !== undefined && found["use"] !== "sig")) return undefined;
  try {
    return createPublicKey({ key: found as Record<string, string>, format: "jwk" });
  } catch {
    return undefined;
  }
}

/**
 * Returns a public key in PEM.
 * @throws ConfigurationError for any other text; the message contains nothing of it
 */
export function keyFromPem(text: string, what: string): KeyObject {
  try {
    return createPublicKey(
      text.includes("-----BEGIN") ? text : `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----`,
    );
  } catch {
    throw new ConfigurationError(`${what} is not a public key in PEM`);
  }
}

/**
 * Returns a compact JWS, for tests and the local stack.
 * @param key private key in PEM, or the shared secret for `HS...`
 */
export function makeJws(
  header: { alg: string; kid?: string; x5c?: readonly string[] },
  payload: string,
  key: string,
): string {
  const encode = (text: string): string => Buffer.from(text).toString("base64url");
  const content = `${encode(JSON.stringify(header))}.${payload}`;
  const hash = HMACS[header.alg];
  const signature =
    hash === undefined
      ? signBytes(ALGORITHMS[header.alg]?.digest, Buffer.from(content), { key, dsaEncoding: "ieee-p1363" })
      : createHmac(hash, key).update(content).digest();
  return `${content}.${signature.toString("base64url")}`;
}

/** Returns a JWT, for tests and the local stack. */
export function makeJwt(
  header: { alg: string; kid?: string },
  claims: Record<string, unknown>,
  key: string,
): string {
  return makeJws(header, Buffer.from(JSON.stringify(claims)).toString("base64url"), key);
}

/** Seconds that the clocks of two correct machines may differ. */
const LEEWAY = 60;

/** Returns whether a JWT is valid now according to its `exp` and `nbf`, if it has them. */
export function holdsNow(claims: Readonly<Record<string, unknown>>, now: number): boolean {
  const { exp, nbf } = claims;
  const seconds = now / 1000;
  if (exp !== undefined && !(typeof exp === "number" && seconds < exp + LEEWAY)) return false;
  return nbf === undefined || (typeof nbf === "number" && seconds >= nbf - LEEWAY);
}

/**
 * Returns a time in milliseconds since the epoch at which a JWT is valid, from its `exp` or `nbf`; undefined if it has
 * neither.
 */
export function momentOf(claims: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const seconds = claims?.["exp"] ?? claims?.["nbf"];
  return typeof seconds === "number" ? seconds * 1000 : undefined;
}
