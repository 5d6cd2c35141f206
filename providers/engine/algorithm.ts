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

/**
 * Returns whether one of the signatures is right for this content. Never throws.
 * @param attempts remaining {@link Algorithm.attempts} of this request; counted down
 */
export type Matcher = (chunks: Chunks, signatures: readonly Buffer[], attempts: Attempts) => boolean;

/** Number of verifications that are still allowed for a request. */
export interface Attempts {
  left: number;
}

/** Most pairs of a signature and a public key that are tried for one request. */
const MAX_ATTEMPTS = 16;

/** Most bytes that are hashed to verify all pairs of one request, unless two pairs need more. */
const MAX_VERIFIED_BYTES = 512 * 1024;

/** How signatures are computed, for verifying and for signing. */
export interface Algorithm {
  /** Length of a signature, in bytes; undefined if it varies. */
  readonly signatureLength: number | undefined;
  /**
   * Returns how often the content may be hashed for one request. A keyed hash is computed once for each secret, however
   * many signatures there are. With public keys, every pair of a signature and a key hashes all of the content again:
   * up to 16 pairs are tried for small content, and two for any size, enough while a key is being replaced.
   */
  readonly attempts: (chunks: Chunks) => Attempts;
  /** Returns the content in the form that is fastest for the matchers. */
  readonly prepare: (chunks: Chunks) => Chunks;
  /** @throws ConfigurationError if the secret is not a valid key */
  readonly matcher: (secret: string, index: number) => Matcher;
  /** @throws ConfigurationError if the secret is not a valid key to sign with */
  readonly sign: (secret: string, index: number, chunks: Chunks) => Buffer;
}

const DIGEST_BYTES = { md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const;

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
        attempts: ([content = ""]) => {
          const fitting = Math.floor(MAX_VERIFIED_BYTES / Math.max(1, content.length));
          return { left: Math.max(2, Math.min(MAX_ATTEMPTS, fitting)) };
        },
        // Join the chunks once, not for every key.
        prepare: (chunks) => [joined(chunks)],
        matcher: perSecret(scheme, (secret, what): Matcher => {
          const key = publicKey(secret, verify, what);
          return ([content], signatures, attempts) =>
            signatures.some((signature) => {
              attempts.left -= 1;
              return attempts.left >= 0 && verifyBytes(hash, content as Buffer, key, signature);
            });
        }),
        sign: (secret, index, chunks) =>
          signBytes(hash, joined(chunks), privateKey(secret, verify, `secret ${index} of scheme ${scheme}`)),
      };
    }
  }
}

const UNCOUNTED: Attempts = { left: Infinity };

/** Returns the algorithm of an HMAC or a plain hash, for which the receiver computes the same bytes as the provider. */
function digesting(
  scheme: string,
  hash: keyof typeof DIGEST_BYTES,
  keyed: (secret: string, what: string) => () => Hash | Hmac,
): Algorithm {
  const begin = perSecret(scheme, keyed);
  return {
    signatureLength: DIGEST_BYTES[hash],
    attempts: () => UNCOUNTED,
    prepare: (chunks) => chunks,
    matcher: perSecret(scheme, (secret, what): Matcher => {
      const start = keyed(secret, what);
      return (chunks, signatures) => {
        const expected = digestOf(start(), chunks);
        for (const signature of signatures) {
          // Both have the digest's length, so this never throws, and takes the same time wherever they differ.
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
