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

/** What may be shown of a secret. A hash is not: one of a weak secret can be guessed. */
export interface SecretLine {
  /** From 0, the newest. */
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

/** Returns why a new secret is worth a second look, or undefined. */
export function warningOf({ secret }: StoredSecret): string | undefined {
  return hasShortSecret([{ secret }], 0)
    ? `The secret has less than ${SHORT_SECRET_LENGTH} characters: unless it is random, it can be guessed.`
    : undefined;
}

/**
 * Returns the list with a new secret in front, as providers' pages show it: without quotes and white space around it.
 * Placeholders that were stored before go.
 * @throws UsageError if it is there already, or is not written as the scheme needs it; nothing of it is in the message
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

/** A request to try a secret with: only whether it makes a key is of interest. */
const NOTHING = { method: "POST", url: "https://example.com/", headers: {}, body: Buffer.alloc(0) };

/**
 * Returns why the function could not verify with a secret, or undefined; a scheme that is not known fits all.
 * @returns a text that holds nothing of the secret
 */
export function fitsScheme(secret: string, configured: ConfiguredScheme | undefined): string | undefined {
  const scheme = schemeOf(configured);
  if (!scheme) return undefined;
  try {
    // Read as the function reads it: what a provider signs with can be another key.
    verify(scheme, NOTHING, [secret], 0);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message;
  }
}

/**
 * Returns the list without a secret, or with an end to it.
 * @param inSeconds how long it is still used; undefined removes it at once
 * @throws UsageError if there is none of this index, or if no secret would be left
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
