/** Where keys may be fetched: a host by its exact name or by a pattern over all of it, and what the path must be. */
export interface KeyHost {
  readonly host: string | RegExp;
  readonly path: RegExp;
}

/** Longest URL that is looked at. */
const MAX_URL_LENGTH = 500;

/**
 * Returns the URL as it will be fetched, where it may be; undefined if it may not. A request that nobody has verified yet
 * names it, so only what the scheme lists passes: https on its usual port, no credentials, no fragment, the listed host.
 * Patterns are matched against what the URL parser made of the text, which is what is fetched.
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
