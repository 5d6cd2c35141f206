/**
 * A host from which keys may be fetched, as an exact name or a pattern for the whole name, and a pattern for the path.
 */
export interface KeyHost {
  readonly host: string | RegExp;
  readonly path: RegExp;
}

/** Longest URL that is accepted, in characters. */
const MAX_URL_LENGTH = 500;

/**
 * Returns the URL to fetch, or undefined if it may not be fetched. The URL comes from a request that is not verified
 * yet, so only listed hosts and paths pass: https on its usual port, without credentials or fragment. Patterns are
 * matched against the parsed URL, which is what is fetched.
 */
export function allowedKeyUrl(text: string | undefined, allowed: readonly KeyHost[]): string | undefined {
  if (text === undefined || text.length > MAX_URL_LENGTH || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = url.protocol === "https:" && url.port === "" && url.username === "" && url.password === "";
  if (!plain || url.hash !== "") return undefined;
  const listed = allowed.some(
    ({ host, path }) =>
      (typeof host === "string" ? url.hostname === host : host.test(url.hostname)) &&
      path.test(url.pathname + url.search),
  );
  return listed ? url.href : undefined;
}
