import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { ConfigurationError } from "./errors";
import { assertSecret } from "./key";
import { reject, type Verdict } from "./request";
import type { SigningMessage } from "./signing-message";
import type { NewSecret } from "./custom-verification";

/** Returns whether two byte strings are equal, in a time that does not reveal where they differ. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Returns whether two texts are equal, in a time that does not reveal where they differ. */
export function sameText(a: string, b: string): boolean {
  return sameBytes(Buffer.from(a), Buffer.from(b));
}

export function hmac(hash: string, key: string | Buffer, ...content: readonly (string | Buffer)[]): Buffer {
  const computed = createHmac(hash, key);
  for (const chunk of content) computed.update(chunk);
  return computed.digest();
}

/** Returns the verdict whether one of the secrets matches. */
export function matchSecret(
  secrets: readonly string[],
  signed: (secret: string) => boolean,
  timestamp?: number,
): Verdict {
  const secretIndex = secrets.findIndex(signed);
  if (secretIndex < 0) {
    return reject(
      "signature_mismatch",
      secrets.length === 1 ? "the secret did not sign this" : `none of ${secrets.length} secrets signed this`,
    );
  }
  return timestamp === undefined ? { ok: true, secretIndex } : { ok: true, secretIndex, timestamp };
}

/**
 * Returns the verdict whether each proof matches one of the secrets, for bodies with a proof for each event. Compares
 * all of them, so that the time reveals nothing. The verdict names the secret of the first proof.
 */
export function matchEach<T>(
  secrets: readonly string[],
  proofs: readonly T[],
  matches: (proof: T, secret: string, index: number) => boolean,
): Verdict {
  const by = proofs.map((proof) =>
    secrets.map((secret, index) => matches(proof, secret, index)).indexOf(true),
  );
  const forged = by.filter((index) => index < 0).length;
  const [secretIndex = -1] = by;
  if (forged === 0 && secretIndex >= 0) return { ok: true, secretIndex };
  const none = secrets.length === 1 ? "the secret" : `none of ${secrets.length} secrets`;
  return reject(
    "signature_mismatch",
    secrets.length === 1 ? `${none} did not sign this` : `${none} signed this`,
  );
}

/**
 * Rejects unusable secrets.
 * @throws ConfigurationError if there is no secret, or if one is empty or publicly known
 */
export function assertSecrets(scheme: string, secrets: readonly string[]): void {
  if (secrets.length === 0) throw new ConfigurationError(`no secret for scheme ${scheme}`);
  secrets.forEach((secret, index) => assertSecret(secret, `secret ${index} of scheme ${scheme}`));
}

/** Returns the one secret to sign with. @throws ConfigurationError if there is none, or several */
export function signingSecret(scheme: string, { secret }: SigningMessage): string {
  const [only, ...more] = typeof secret === "string" ? [secret] : secret;
  if (only === undefined || only.trim() === "")
    throw new ConfigurationError(`no secret for scheme ${scheme}`);
  if (more.length > 0) throw new ConfigurationError(`scheme ${scheme} carries one signature`);
  return only;
}

/** Returns a random text that both sides use as the secret. */
export function sharedSecret(): NewSecret {
  const secret = randomBytes(32).toString("hex");
  return { secret, signWith: secret };
}

/** Returns the two halves of a secret `<name>:<key>`. @throws ConfigurationError that says what is expected */
export function twoParts(secret: string, index: number, scheme: string, expected: string): [string, string] {
  const at = secret.indexOf(":");
  if (at <= 0 || at === secret.length - 1) {
    throw new ConfigurationError(`secret ${index} of scheme ${scheme} is not ${expected}`);
  }
  return [secret.slice(0, at), secret.slice(at + 1)];
}
