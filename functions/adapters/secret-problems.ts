import { describeError } from "../domain/errors";
import { SecretProblemError, type SecretProblem } from "../domain/secret-problem";
import type { SecretRef } from "../domain/secret-ref";
import {
  isAwaited,
  parseSecrets,
  unusable,
  withLearntSecret,
  type StoredSecret,
} from "../domain/stored-secrets";

/** Returns the name under which a secret is stored. */
export function nameOf(ref: SecretRef): string {
  return "ssm" in ref ? ref.ssm : ref.secretsManager;
}

function problemOf(provider: string, ref: SecretRef, reason: SecretProblem, what: string, cause?: unknown) {
  return new SecretProblemError(reason, `the secret of ${provider} (${nameOf(ref)}) ${what}`, { cause });
}

/** Waits for a call to the secret's store. @throws SecretProblemError if the store does not answer */
export async function reach<T>(provider: string, ref: SecretRef, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw problemOf(provider, ref, "secret_unreadable", `was not reached: ${describeError(cause)}`, cause);
  }
}

/** Returns the secrets in the stored text. @throws SecretProblemError */
export function secretsIn(
  provider: string,
  ref: SecretRef,
  text: string | undefined,
  now: number,
): readonly StoredSecret[] {
  const problem = (reason: SecretProblem, what: string) => problemOf(provider, ref, reason, what);
  if (text === undefined) throw problem("secret_missing", "is not stored");
  if (isAwaited(text))
    throw problem("secret_missing", "is not set yet: the provider sends it in its handshake");
  let secrets: readonly StoredSecret[];
  try {
    secrets = parseSecrets(text);
  } catch (error) {
    throw problem("secret_malformed", (error as Error).message);
  }
  const wrong = unusable(secrets, now);
  if (wrong !== undefined) throw problem("secret_malformed", wrong);
  return secrets;
}

/** Returns the text to store once the provider has sent its secret. @throws SecretProblemError */
export function toldIn(provider: string, ref: SecretRef, stored: string | undefined, secret: string) {
  if (stored === undefined) throw problemOf(provider, ref, "secret_missing", "is not stored");
  try {
    return withLearntSecret(stored, secret);
  } catch (error) {
    throw problemOf(provider, ref, "secret_malformed", (error as Error).message);
  }
}
