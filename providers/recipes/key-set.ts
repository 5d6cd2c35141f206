import { ConfigurationError } from "../engine/errors";
import { allowedKeyUrl } from "../engine/key-url";
import type { KeyRequest } from "../engine/custom-verification";

/** Returns whether a secret is the URL of a key set instead of a key. */
export function isUrl(secret: string): boolean {
  return /^https?:/i.test(secret);
}

/**
 * Returns the request for a key set whose URL the operator configured as the secret. A webhook cannot influence it.
 * @throws ConfigurationError if the URL may not be fetched: not https, or with a port or credentials
 */
export function configuredKeySet(secrets: readonly string[], scheme: string): KeyRequest | undefined {
  const configured = secrets.find(isUrl);
  if (configured === undefined) return undefined;
  const hostname = URL.canParse(configured) ? new URL(configured).hostname : "";
  // Require a host name, not an IP address, which could be in a network that only the function can reach.
  const named = /^(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname);
  const url = named ? allowedKeyUrl(configured, [{ host: hostname, path: /^\/[^?]*\.json$/ }]) : undefined;
  if (url === undefined) {
    throw new ConfigurationError(
      `the key set of scheme ${scheme} is not at an address such as https://example.com/.well-known/jwks.json`,
    );
  }
  return { url };
}
