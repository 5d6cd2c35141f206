import {
  asPasted,
  hasShortSecret,
  liveSecrets,
  SHORT_SECRET_LENGTH,
  type StoredSecret,
} from "../../functions/domain/stored-secrets";
import {
  ConfigurationError,
  publicSecret,
  schemeName,
  schemeOf,
  verify,
  type ConfiguredScheme,
} from "../../providers";
import { UsageError } from "../errors";

/** Facts of a secret that may be shown. Its hash may not: a weak secret can be guessed from it. */
export interface SecretLine {
  /** Position of the secret in the list, from 0, the newest. */
  readonly index: number;
  readonly length: string;
  readonly addedAt: string | null;
  readonly expiresAt: string | null;
  readonly live: boolean;
}

/** Returns how long a secret is, roughly. */
export function lengthClass(secret: string): string {
  if (secret.length < SHORT_SECRET_LENGTH) return `short (below ${SHORT_SECRET_LENGTH})`;
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

/** Returns a warning about a new secret, or undefined. */
export function warningOf({ secret }: StoredSecret): string | undefined {
  return hasShortSecret([{ secret }], 0)
    ? `The secret has less than ${SHORT_SECRET_LENGTH} characters: unless it is random, it can be guessed.`
    : undefined;
}

/**
 * Returns the list with a new secret in front, without the quotes and white space that come with copying it from a
 * provider's page. Placeholders that were stored before are removed.
 * @throws UsageError if the secret is in the list already, or does not have the form that the scheme needs; the message
 *   contains nothing of the secret
 */
export function withSecret(
  secrets: readonly StoredSecret[],
  pasted: string,
  scheme: ConfiguredScheme | undefined,
  now: number,
): readonly StoredSecret[] {
  const secret = asPasted(pasted);
  if (secret === "") throw new UsageError("The secret is empty.");
  const reason = publicSecret(secret);
  if (reason !== undefined) throw new UsageError(`The secret ${reason}.`);
  if (/\s/.test(secret) && !secret.startsWith("-----BEGIN "))
    throw new UsageError("The secret holds white space; only the secret itself is meant.");
  if (liveSecrets(secrets, now).includes(secret)) throw new UsageError("This secret is in use already.");
  const unfit = fitsScheme(secret, scheme);
  if (unfit !== undefined)
    throw new UsageError(`The secret does not fit the scheme ${schemeName(scheme ?? "")}: ${unfit}`);
  const others = secrets.filter(
    (stored) => stored.secret !== secret && publicSecret(stored.secret) === undefined,
  );
  return [{ secret, addedAt: new Date(now).toISOString() }, ...others];
}

/** A request to test secrets with: it only matters whether a key can be made of the secret. */
const NOTHING = { method: "POST", url: "https://example.com/", headers: {}, body: Buffer.alloc(0) };

/**
 * Returns why the function could not verify with a secret; undefined if it could, or if the scheme is not known.
 * @returns a text that contains nothing of the secret
 */
export function fitsScheme(secret: string, configured: ConfiguredScheme | undefined): string | undefined {
  const scheme = schemeOf(configured);
  if (!scheme) return undefined;
  try {
    // Tests by verifying, as the function does: a provider can sign with another key.
    verify(scheme, NOTHING, [secret], 0);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message;
  }
}

/**
 * Returns the list without a secret, or with a time at which the secret expires.
 * @param inSeconds seconds for which it is still used; undefined removes it at once
 * @throws UsageError if no secret has this index, or if no secret would be left
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
      "This is the last active secret; retiring it would reject every webhook. Add the new one first.",
    );
  }
  if (inSeconds === undefined) return others;
  const expiresAt = new Date(now + inSeconds * 1_000).toISOString();
  return secrets.map((stored, position) => (position === index ? { ...stored, expiresAt } : stored));
}
