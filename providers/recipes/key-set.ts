import { ConfigurationError } from "../engine/errors";
import { allowedKeyUrl } from "../engine/key-url";
import type { KeyRequest } from "../engine/custom-verification";

/** Whether a secret is the address of a key set and not a key. */
export function isUrl(secret: string): boolean {
  return /^https?:/i.test(secret);
}

/**
 * Returns the key set at an address that the operator configured in place of a secret; no request has a say in it.
 * @throws ConfigurationError if the address may not be fetched: not https, or with a port or credentials
 */
export function configuredKeySet(secrets: readonly string[], scheme: string): KeyRequest | undefined {
  const configured = secrets.find(isUrl);
  if (configured === undefined) return undefined;
  const hostname = URL.canParse(configured) ? new URL(configured).hostname : "";
  // A name, and not an address of some network that the function happens to reach.
  const named = /^(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname);
  const url = named ? allowedKeyUrl(configured, [{ host: hostname, path: /^\/[^?]*\.json$/ }]) : undefined;
  if (url === undefined) {
    throw new ConfigurationError(
      `the key set of scheme ${scheme} is not at an address such as https://example.com/.well-known/jwks.json`,
    );
  }
  return { url };
}
