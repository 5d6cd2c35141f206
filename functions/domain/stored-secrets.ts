import { publicSecret } from "../../providers";

/** One signing secret of a provider, as it is stored. */
export interface StoredSecret {
  readonly secret: string;
  /** Time from which the secret is no longer used, RFC 3339. */
  readonly expiresAt?: string;
  /** Time at which the secret was added, RFC 3339; for people only. */
  readonly addedAt?: string;
}

/**
 * Placeholder that the operator stores for a secret that the provider sends in its handshake: alone, or in a list with
 * existing secrets for an additional webhook at the same address.
 */
export const AWAITED = "learn";

const NOT_THERE = "is not set yet: the provider sends it in its handshake";
const INVALID = "is neither a secret nor a JSON array of secrets";

/** Characters below which a secret can be guessed: 16 random letters and digits have 95 bits. */
export const SHORT_SECRET_LENGTH = 16;

/** Returns whether the stored text is the placeholder for a secret that the provider sends. */
export function isAwaited(stored: string): boolean {
  try {
    return parseItems(stored).every(({ secret }) => secret === AWAITED);
  } catch {
    return false;
  }
}

/** Returns whether the stored text is a list, and not a single secret. */
function isArray(stored: string): boolean {
  return stored.trimStart().startsWith("[");
}

/**
 * Returns a pasted secret without white space and line ends around it, and without the quotes that JSON, `.env` files
 * and shells put around a text. A secret that really has them is stored in a JSON array.
 */
export function asPasted(text: string): string {
  const trimmed = text.trim();
  return (jsonText(trimmed) ?? trimmed.replace(/^(["'`])(.*)\1$/s, "$2")).trim();
}

/** Decodes a JSON string, in which the line ends of a PEM are escaped; undefined if it is none. */
function jsonText(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined;
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

/**
 * Returns the secrets in a stored text, newest first: one secret as it was pasted, or a JSON array whose items are
 * secrets or `{"secret", "expiresAt"?, "addedAt"?}`.
 * @throws if there is no secret, an empty one (anyone could sign with it), or an invalid expiry; the message contains
 * nothing of the text
 */
export function parseSecrets(stored: string): readonly StoredSecret[] {
  const secrets = parseItems(stored).filter(({ secret }) => secret !== AWAITED);
  if (secrets.length === 0) throw new Error(NOT_THERE);
  return secrets;
}

/**
 * Returns the text to store once a provider has sent its secret. `text` has the secret in place of an {@link AWAITED}
 * and is absent if none is awaited, so that a forged handshake changes nothing. `known` is true if the secret is
 * already stored: the provider repeats a handshake whose response was lost.
 */
export function withLearntSecret(
  stored: string,
  secret: string,
): { readonly known: boolean; readonly text?: string } {
  const items = parseItems(stored);
  const known = items.some((item) => item.secret === secret);
  const awaited = items.findIndex((item) => item.secret === AWAITED);
  if (known || awaited < 0) return { known };
  const text = isArray(stored) ? formatSecrets(items.with(awaited, { ...items[awaited], secret })) : secret;
  return { known, text };
}

function parseItems(stored: string): readonly StoredSecret[] {
  const items: unknown = isArray(stored) ? parseJson(stored) : [asPasted(stored)];
  if (!Array.isArray(items) || items.length === 0) throw new Error(INVALID);
  return items.map(parseSecret);
}

/**
 * Returns the problem of unexpired secrets, or undefined. Does not check whether they fit their scheme.
 * @param now milliseconds since the epoch
 */
export function unusable(secrets: readonly StoredSecret[], now: number): string | undefined {
  return liveSecrets(secrets, now)
    .map(publicSecret)
    .find((reason) => reason !== undefined);
}

/** Returns whether an unexpired secret is so short that it can be guessed. @param now milliseconds since the epoch */
export function hasShortSecret(secrets: readonly StoredSecret[], now: number): boolean {
  return liveSecrets(secrets, now).some((secret) => secret.length < SHORT_SECRET_LENGTH);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Replace the parser's own message, which quotes the text.
    throw new Error(INVALID);
  }
}

function parseSecret(item: unknown): StoredSecret {
  const fields = (typeof item === "string" ? { secret: item } : Object(item)) as Record<string, unknown>;
  const { secret, expiresAt, addedAt } = fields;
  const valid =
    typeof secret === "string" &&
    secret.trim() !== "" &&
    (expiresAt === undefined || isTime(expiresAt)) &&
    (addedAt === undefined || isTime(addedAt));
  if (!valid) throw new Error(INVALID);
  return { secret, ...(expiresAt !== undefined && { expiresAt }), ...(addedAt !== undefined && { addedAt }) };
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

/** Returns the unexpired secrets, in their order. @param now milliseconds since the epoch */
export function liveSecrets(secrets: readonly StoredSecret[], now: number): readonly string[] {
  return secrets
    .filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now)
    .map(({ secret }) => secret);
}

/** Returns the text to store: an object for each secret with an expiry or a time of addition, else the secret alone. */
export function formatSecrets(secrets: readonly StoredSecret[]): string {
  return JSON.stringify(
    secrets.map((stored) =>
      stored.expiresAt === undefined && stored.addedAt === undefined ? stored.secret : stored,
    ),
  );
}
