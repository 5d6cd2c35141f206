import leven from "leven";

/** Edits up to which a word counts as a misspelling of another. */
const MISSPELT = 3;

/** Names that a message lists at most. */
const LISTED = 10;

/** Returns ` Did you mean providers?`, or nothing if no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, edits: leven(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.min(MISSPELT, candidate.length / 2))
    .sort((a, b) => a.edits - b.edits);
  return near[0] ? ` Did you mean ${near[0].candidate}?` : "";
}

/**
 * Returns names in order, ten at most: `adyen, github and 110 more, all in docs/providers.md`.
 * @param where says where all of them are
 */
export function listed(names: readonly string[], where: string): string {
  const sorted = [...names].sort();
  const more = sorted.length - LISTED;
  const first = sorted.slice(0, LISTED).join(", ");
  return more > 0 ? `${first} and ${more} more, all in ${where}` : first;
}
