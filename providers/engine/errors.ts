/**
 * An error in the operator's setup: a secret is empty or not written as the scheme needs it, or a scheme contradicts
 * itself. The request is not at fault, so the provider is asked to retry instead of getting 401. The message never
 * contains a secret.
 */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
