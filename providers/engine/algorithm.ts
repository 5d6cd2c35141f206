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
 * Whether one of the signatures is right for this content. Never throws.
 * @param attempts what of {@link Algorithm.attempts} is left for this request; counted down
 */
export type Matcher = (chunks: Chunks, signatures: readonly Buffer[], attempts: Attempts) => boolean;

/** Verifications that a request may still cost. */
export interface Attempts {
  left: number;
}

/** Most pairs of a signature and a public key that are tried for one request. */
const MAX_ATTEMPTS = 16;

/** Bytes that verifying all pairs of one request hashes at most, where that is more than two of them. */
const MAX_VERIFIED_BYTES = 512 * 1024;

/** How signatures are computed, for verifying and for signing. */
export interface Algorithm {
  /** Bytes of a signature; undefined if they are not always as many. */
  readonly signatureLength: number | undefined;
  /**
   * How often the content may be hashed for one request. A keyed hash is computed once for each secret, whatever
   * signatures there are. With public keys every pair of a signature and a key hashes all of the content again: 16 pairs
   * are tried while it is small, two at any size, which is a key that is being replaced.
   */
  readonly attempts: (chunks: Chunks) => Attempts;
  /** The content as the matchers take it best. */
  readonly prepare: (chunks: Chunks) => Chunks;
  /** @throws ConfigurationError if the secret makes no key */
  readonly matcher: (secret: string, index: number) => Matcher;
  /** @throws ConfigurationError if the secret makes no key to sign with */
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
        // Joined once, not for every key.
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

/** HMAC, or a hash: the receiver computes the same bytes as the provider. */
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
