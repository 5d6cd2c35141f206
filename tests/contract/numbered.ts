/** Returns a function that returns a new name at each call, so that the tests of one store do not share data. */
export function numbered(prefix: string): () => string {
  let count = 0;
  return () => `${prefix}${(count += 1)}`;
}
