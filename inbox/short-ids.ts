import { UsageError } from "./errors";

/** Pattern of a hash, which is a webhook's id if its provider's own id is missing or cannot be stored. */
const HASH = /^(?:sha256:)?[0-9a-f]{64}$/;

/** Minimum number of characters of a hash that a table shows. */
const SHORTEST = 16;

/** Minimum number of characters for which the beginning of an id is searched. */
export const MIN_PREFIX = 4;

/** Maximum number of ids that an error lists. */
const LISTED = 5;

/**
 * Returns the short form of each id that is a hash: its beginning, long enough that none of the others begins with it.
 */
export function shortIds(ids: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(ids)];
  return new Map(
    distinct.map((id) => {
      if (!HASH.test(id)) return [id, id];
      let length = SHORTEST;
      while (
        length < id.length &&
        distinct.some((other) => other !== id && other.startsWith(id.slice(0, length)))
      )
        length += 1;
      return [id, id.slice(0, length)];
    }),
  );
}

/**
 * Returns the one candidate that begins with what was given, or undefined if none does.
 * @throws UsageError with candidates if several do
 */
export function onlyOne<T>(
  given: string,
  candidates: readonly T[],
  nameOf: (candidate: T) => string,
): T | undefined {
  if (candidates.length > 1) {
    const names = candidates.map(nameOf).sort();
    const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : "";
    throw new UsageError(
      `Several ids begin with ${given}: ${names.slice(0, LISTED).join(", ")}${more}. Give more of it.`,
    );
  }
  return candidates[0];
}
