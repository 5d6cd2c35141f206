/**
 * The operator's setup is wrong: a secret is empty or not written as the scheme needs it, or a scheme contradicts
 * itself. It says nothing about the request, so the answer to the provider is "come again", not 401.
 * The message never holds a secret.
 */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
