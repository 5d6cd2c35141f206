/** Ordering key that is no path but means the account, repository, customer or the like that the scheme knows. */
export const BY_ENTITY = "entity";

/**
 * Returns the value at a dotted path (`data.object.customer`) in a payload, as text. Anything but a non-empty string, a
 * number or a boolean counts as absent: such a webhook is ordered by its provider.
 */
export function orderingValue(payload: unknown, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  let value = payload;
  for (const part of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
