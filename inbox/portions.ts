/** Yields the items in portions of at most `size`, in their order: what one call takes, or what is done at once. */
export function* portions<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
