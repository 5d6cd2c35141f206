import leven from "leven";

/** Edits up to which a word counts as a misspelling of another. */
const MISSPELT = 3;

/** Returns ` Did you mean providers?`, or nothing if no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, edits: leven(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.min(MISSPELT, candidate.length / 2))
    .sort((a, b) => a.edits - b.edits);
  return near[0] ? ` Did you mean ${near[0].candidate}?` : "";
}

/** Names the keys that are not known, each with the nearest that is. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `does not know the key ${key}.${didYouMean(key, known)}`).join(" It ");
}
