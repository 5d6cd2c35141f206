/**
 * Why a provider's requests cannot be verified although the request may be right.
 * - `secret_missing`: none is stored, or all stored secrets have expired.
 * - `secret_malformed`: the stored text is a placeholder, or not written as the scheme needs it.
 * - `secret_unreadable`: the store does not answer, or does not let the function read.
 */
export const SECRET_PROBLEMS = ["secret_missing", "secret_malformed", "secret_unreadable"] as const;
export type SecretProblem = (typeof SECRET_PROBLEMS)[number];

/** Reports that there is no secret to verify with: the operator has to fix this, and the provider is asked to retry. */
export class SecretProblemError extends Error {
  override readonly name = "SecretProblemError";
  /** @param detail problem and location of the secret, for the operator; contains nothing of the secret */
  constructor(
    readonly reason: SecretProblem,
    detail: string,
    options?: { readonly cause: unknown },
  ) {
    super(detail, options);
  }
}

/** Returns whether the operator has to act: an outage of the store ends on its own. */
export function isOperatorsMistake(reason: unknown): reason is Exclude<SecretProblem, "secret_unreadable"> {
  return reason === "secret_missing" || reason === "secret_malformed";
}
