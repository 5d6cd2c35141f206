/** One signing secret of a provider, as it is stored. */
export interface StoredSecret {
  readonly secret: string;
  /** RFC 3339; from then on it is not used. */
  readonly expiresAt?: string;
  /** RFC 3339; for people. */
  readonly addedAt?: string;
}

/**
 * What the operator stores in the place of a secret that the sender is to tell, in its first handshake: alone, or in the
 * list beside secrets that are there, for one more webhook at the same address.
 */
export const AWAITED = "learn";

const NOT_THERE = "is not there yet: the sender is to tell it";
const INVALID = "is neither a secret nor a JSON array of secrets";

/**
 * The secrets in a stored text, newest first: one secret as it is, or a JSON array whose items are secrets or
 * `{"secret", "expiresAt"?, "addedAt"?}`.
 * @throws where there is none, or an empty one, which would let everybody sign, or an expiry that is no time; the message
 *   holds nothing of the text
 */
export function parseSecrets(stored: string): readonly StoredSecret[] {
  const secrets = parseItems(stored).filter(({ secret }) => secret !== AWAITED);
  if (secrets.length === 0) throw new Error(NOT_THERE);
  return secrets;
}

/**
 * What becomes of the stored text when a sender tells its secret: `text` has it in the place of one {@link AWAITED},
 * beside those that are there, and is absent where none is awaited, so that a stranger's handshake changes nothing.
 * `known` says that it is there already: the same handshake came again, because the answer was lost.
 */
export function learntSecrets(
  stored: string,
  secret: string,
): { readonly known: boolean; readonly text?: string } {
  const items = parseItems(stored);
  const known = items.some((item) => item.secret === secret);
  const awaited = items.findIndex((item) => item.secret === AWAITED);
  if (known || awaited < 0) return { known };
  const text =
    stored === AWAITED ? secret : formatSecrets(items.with(awaited, { ...items[awaited], secret }));
  return { known, text };
}

function parseItems(stored: string): readonly StoredSecret[] {
  const items: unknown = stored.startsWith("[") ? parseJson(stored) : [stored];
  if (!Array.isArray(items) || items.length === 0) throw new Error(INVALID);
  return items.map(parseSecret);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new Error(INVALID);
  }
}

function parseSecret(item: unknown): StoredSecret {
  const fields = (typeof item === "string" ? { secret: item } : Object(item)) as Record<string, unknown>;
  const { secret, expiresAt, addedAt } = fields;
  const valid =
    typeof secret === "string" &&
    secret !== "" &&
    (expiresAt === undefined || isTime(expiresAt)) &&
    (addedAt === undefined || isTime(addedAt));
  if (!valid) throw new Error(INVALID);
  return { secret, ...(expiresAt !== undefined && { expiresAt }), ...(addedAt !== undefined && { addedAt }) };
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

/**
 * Those that are still used, in their order.
 * @param now milliseconds since the epoch
 */
export function liveSecrets(secrets: readonly StoredSecret[], now: number): readonly string[] {
  return secrets
    .filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now)
    .map(({ secret }) => secret);
}

/** The text to store: objects where there is more to say than the secret. */
export function formatSecrets(secrets: readonly StoredSecret[]): string {
  return JSON.stringify(
    secrets.map((stored) =>
      stored.expiresAt === undefined && stored.addedAt === undefined ? stored.secret : stored,
    ),
  );
}
