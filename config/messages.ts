import { didYouMean } from "../did-you-mean";

/** Names the keys that are not known, each with the nearest that is. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `unknown key "${key}".${didYouMean(key, known)}`).join(" ");
}
