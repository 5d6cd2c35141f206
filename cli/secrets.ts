import { liveSecrets, type StoredSecret } from "../functions/domain/stored-secrets";
import { schemes, sign } from "../providers";
import { UsageError } from "./errors";

/** What may be shown of a secret. A hash is not: one of a weak secret can be guessed. */
export interface SecretLine {
  /** From 0, the newest. */
  readonly index: number;
  readonly length: string;
  readonly addedAt: string | null;
  readonly expiresAt: string | null;
  readonly live: boolean;
}

/** How long a secret is, roughly. */
export function lengthClass(secret: string): string {
  if (secret.length < 16) return "short (below 16)";
  if (secret.length < 32) return "16 to 31";
  if (secret.length < 64) return "32 to 63";
  return "64 or more";
}

export function describeSecrets(secrets: readonly StoredSecret[], now: number): readonly SecretLine[] {
  return secrets.map((stored, index) => ({
    index,
    length: lengthClass(stored.secret),
    addedAt: stored.addedAt ?? null,
    expiresAt: stored.expiresAt ?? null,
    live: liveSecrets([stored], now).length > 0,
  }));
}

/**
 * The list with a new secret in front.
 * @throws UsageError where it is there already, or is not written as the scheme needs it; nothing of it is in the message
 */
export function withSecret(
  secrets: readonly StoredSecret[],
  secret: string,
  scheme: string | undefined,
  now: number,
): readonly StoredSecret[] {
  if (secret === "") throw new UsageError("The secret is empty.");
  if (/\s/.test(secret))
    throw new UsageError("The secret holds white space; only the secret itself is meant.");
  if (liveSecrets(secrets, now).includes(secret)) throw new UsageError("This secret is in use already.");
  assertMakesKey(secret, scheme);
  const others = secrets.filter((stored) => stored.secret !== secret);
  return [{ secret, addedAt: new Date(now).toISOString() }, ...others];
}

function assertMakesKey(secret: string, id: string | undefined): void {
  const scheme = id === undefined ? undefined : schemes[id];
  if (!scheme) return;
  try {
    sign(scheme, { body: Buffer.from("{}"), secret, now: 0 });
  } catch (error) {
    throw new UsageError(`The secret does not fit the scheme ${id}: ${(error as Error).message}`);
  }
}

/**
 * The list without a secret, or with an end to it.
 * @param inSeconds how long it is still used; undefined removes it at once
 * @throws UsageError where there is none of this index, or where no secret would be left
 */
export function withoutSecret(
  secrets: readonly StoredSecret[],
  index: number,
  inSeconds: number | undefined,
  now: number,
): readonly StoredSecret[] {
  const retired = secrets[index];
  if (!retired) {
    throw new UsageError(
      `There is no secret ${index}; there are 0 to ${secrets.length - 1}, see \`secrets list\`.`,
    );
  }
  const others = secrets.filter((_, position) => position !== index);
  if (!others.some(({ expiresAt }) => expiresAt === undefined)) {
    throw new UsageError(
      "No secret without an end would be left, and every webhook would be refused. Add the new one first.",
    );
  }
  if (inSeconds === undefined) return others;
  const expiresAt = new Date(now + inSeconds * 1_000).toISOString();
  return secrets.map((stored, position) => (position === index ? { ...stored, expiresAt } : stored));
}
