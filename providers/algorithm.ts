import {
  createHash,
  createHmac,
  sign as signBytes,
  timingSafeEqual,
  verify as verifyBytes,
  type Hash,
  type Hmac,
} from "node:crypto";
import { hmacKey, perSecret, privateKey, publicKey } from "./key";
import type { SignedVerification } from "./scheme";

/** The signed content, in order. */
export type Chunks = readonly (string | Buffer)[];

/** Whether one of the signatures is right for this content. Never throws. */
export type Matcher = (chunks: Chunks, signatures: readonly Buffer[]) => boolean;

/** How signatures are computed, for verifying and for signing. */
export interface Algorithm {
  /** Bytes of a signature; undefined where they are not always as many. */
  readonly signatureLength: number | undefined;
  /** @throws ConfigurationError where the secret makes no key */
  readonly matcher: (secret: string, index: number) => Matcher;
  /** @throws ConfigurationError where the secret makes no key to sign with */
  readonly sign: (secret: string, index: number, chunks: Chunks) => Buffer;
}

const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

export function algorithmOf(scheme: string, verify: SignedVerification): Algorithm {
  switch (verify.kind) {
    case "hmac":
      return digesting(scheme, verify.hash, (secret, what) => {
        const key = hmacKey(secret, verify.key, what);
        return () => createHmac(verify.hash, key);
      });
    case "digest":
      return digesting(scheme, verify.hash, (secret) => () => createHash(verify.hash).update(secret));
    case "public-key": {
      const hash = verify.algorithm === "ed25519" ? null : "sha256";
      return {
        signatureLength: verify.algorithm === "ed25519" ? 64 : undefined,
        matcher: perSecret(scheme, (secret, what): Matcher => {
          const key = publicKey(secret, verify, what);
          return (chunks, signatures) => {
            const content = joined(chunks);
            return signatures.some((signature) => verifyBytes(hash, content, key, signature));
          };
        }),
        sign: (secret, index, chunks) =>
          signBytes(hash, joined(chunks), privateKey(secret, verify, `secret ${index} of scheme ${scheme}`)),
      };
    }
  }
}

/** HMAC, or a hash: the receiver computes the same bytes as the sender. */
function digesting(
  scheme: string,
  hash: keyof typeof DIGEST_BYTES,
  keyed: (secret: string, what: string) => () => Hash | Hmac,
): Algorithm {
  const begin = perSecret(scheme, keyed);
  return {
    signatureLength: DIGEST_BYTES[hash],
    matcher: perSecret(scheme, (secret, what): Matcher => {
      const start = keyed(secret, what);
      return (chunks, signatures) => {
        const expected = digestOf(start(), chunks);
        for (const signature of signatures) {
          // Both are of the digest's length, so this never throws and takes the same time for every difference.
          if (timingSafeEqual(expected, signature)) return true;
        }
        return false;
      };
    }),
    sign: (secret, index, chunks) => digestOf(begin(secret, index)(), chunks),
  };
}

function digestOf(hash: Hash | Hmac, chunks: Chunks): Buffer {
  for (const chunk of chunks) hash.update(chunk as string);
  return hash.digest();
}

function joined(chunks: Chunks): Buffer {
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)));
}
