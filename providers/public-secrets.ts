/**
 * Secrets that everybody knows, with where they are from. Who configures one believes that requests are verified while
 * anybody can sign them.
 */
const PUBLIC_SECRETS: ReadonlyMap<string, string> = new Map([
  [
    "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
    "Zendesk signs the test requests of all its customers with it",
  ],
  ["this_secret_is_for_testing_only", "Zendesk signs the test requests of all its customers with it"],
  ["no-secret-provided", "Cal.com writes it where a webhook has no secret"],
]);

/** Why a secret is none, or undefined. */
export function publicSecret(secret: string): string | undefined {
  return PUBLIC_SECRETS.get(secret.trim());
}
