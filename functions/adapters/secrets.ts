import { describeError } from "../domain/errors";
import type { IngestPorts } from "../domain/ingest-ports";
import { SecretProblemError, type SecretProblem } from "../domain/secret-problem";
import {
  hasShortSecret,
  isAwaited,
  learntSecrets,
  liveSecrets,
  parseSecrets,
  SHORT_SECRET_LENGTH,
  unusable,
  type StoredSecret,
} from "../domain/stored-secrets";
import { signedCalls } from "./signed-calls";

/** Where a provider's secrets lie: the name of an SSM SecureString, or of a Secrets Manager secret. */
export type SecretRef = SsmRef | { readonly secretsManager: string };

interface SsmRef {
  readonly ssm: string;
  /** Key that encrypts it, where that is not the account's default; only for writing. */
  readonly kmsKeyArn?: string;
}

/** Reads the stored text of one secret; undefined if there is none of this name, or it is not a text. */
export type ReadSecret = (ref: SecretRef) => Promise<string | undefined>;

/** Replaces the stored text of one secret. */
export type WriteSecret = (ref: SsmRef, secret: string) => Promise<void>;

/** How long read secrets are used, in milliseconds: a retired secret works for at most that long. */
export const CACHE_MS = 5 * 60_000;

/** Least time between two reads of one provider's secrets, in milliseconds: forged signatures cost no more than that. */
export const REFRESH_PAUSE_MS = 30_000;

/**
 * Least time between two reads of a secret that is missing or no secret, in milliseconds: the operator who stores it soon
 * sees it work, and the requests in between do not use up the calls that SSM takes of the whole account.
 */
export const PROBLEM_PAUSE_MS = 5_000;

/**
 * What the stores answer for a name that they do not have.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html#API_GetParameter_Errors
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
 */
const NOT_THERE = /ParameterNotFound|ResourceNotFoundException|marked for deletion/;

/** Reads from SSM and Secrets Manager, and writes to SSM. */
export function secretStore(): { readonly read: ReadSecret; readonly write: WriteSecret } {
  const aws = signedCalls();
  const call = (service: string, target: string, body: unknown) =>
    aws(service, "/", {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      body: JSON.stringify(body),
    });

  const readText = async (ref: SecretRef): Promise<string | undefined> => {
    if ("ssm" in ref) {
      const answer = await call("ssm", "AmazonSSM.GetParameter", { Name: ref.ssm, WithDecryption: true });
      return (answer["Parameter"] as { Value: string }).Value;
    }
    const answer = await call("secretsmanager", "secretsmanager.GetSecretValue", {
      SecretId: ref.secretsManager,
    });
    // Absent where it is stored as bytes.
    return answer["SecretString"] as string | undefined;
  };
  const read: ReadSecret = async (ref) => {
    try {
      return await readText(ref);
    } catch (error) {
      if (error instanceof Error && NOT_THERE.test(error.message)) return undefined;
      throw error;
    }
  };
  const write: WriteSecret = async ({ ssm, kmsKeyArn }, Value) => {
    const parameter = { Name: ssm, Value, Type: "SecureString", Overwrite: true };
    await call("ssm", "AmazonSSM.PutParameter", {
      ...parameter,
      ...(kmsKeyArn !== undefined && { KeyId: kmsKeyArn }),
    });
  };
  return { read, write };
}

interface Cached {
  readonly secrets: readonly StoredSecret[];
  readonly readAt: number;
}

function nameOf(ref: SecretRef): string {
  return "ssm" in ref ? ref.ssm : ref.secretsManager;
}

/**
 * Secrets of all providers, read on first use and kept; an outage of the store goes on with those last read.
 * What `get` and `learn` reject with is a {@link SecretProblemError}.
 */
export function cachedSecrets(
  refs: ReadonlyMap<string, SecretRef>,
  read: ReadSecret,
  now: () => number,
  log: (line: Record<string, unknown>) => void,
  write?: WriteSecret,
): IngestPorts["secrets"] {
  const cache = new Map<string, Cached>();
  const triedAt = new Map<string, number>();
  const problems = new Map<string, { readonly error: SecretProblemError; readonly at: number }>();

  const problemOf = (
    provider: string,
    ref: SecretRef,
    reason: SecretProblem,
    what: string,
    cause?: unknown,
  ) => new SecretProblemError(reason, `the secret of ${provider} (${nameOf(ref)}) ${what}`, { cause });

  /** @throws SecretProblemError if the store does not answer */
  async function reach<T>(provider: string, ref: SecretRef, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (cause) {
      throw problemOf(provider, ref, "secret_unreadable", `was not reached: ${describeError(cause)}`, cause);
    }
  }

  /** The secrets in the stored text. @throws SecretProblemError */
  function secretsIn(provider: string, ref: SecretRef, text: string | undefined): readonly StoredSecret[] {
    const problem = (reason: SecretProblem, what: string) => problemOf(provider, ref, reason, what);
    if (text === undefined) throw problem("secret_missing", "is not stored");
    if (isAwaited(text)) throw problem("secret_missing", "is not there yet: the provider is to tell it");
    let secrets: readonly StoredSecret[];
    try {
      secrets = parseSecrets(text);
    } catch (error) {
      throw problem("secret_malformed", (error as Error).message);
    }
    const wrong = unusable(secrets, now());
    if (wrong !== undefined) throw problem("secret_malformed", wrong);
    return secrets;
  }

  /** What becomes of the stored text when the provider tells its secret. @throws SecretProblemError */
  function toldIn(provider: string, ref: SecretRef, stored: string | undefined, secret: string) {
    if (stored === undefined) throw problemOf(provider, ref, "secret_missing", "is not stored");
    try {
      return learntSecrets(stored, secret);
    } catch (error) {
      throw problemOf(provider, ref, "secret_malformed", (error as Error).message);
    }
  }

  async function fetchSecrets(provider: string): Promise<Cached> {
    const ref = refs.get(provider);
    if (!ref) throw new Error(`no secret is configured for provider ${provider}`);
    triedAt.set(provider, now());
    try {
      const text = await reach(provider, ref, read(ref));
      const cached = { secrets: secretsIn(provider, ref, text), readAt: now() };
      if (hasShortSecret(cached.secrets, now()))
        log({ event: "secrets.short", provider, parameter: nameOf(ref), atLeast: SHORT_SECRET_LENGTH });
      problems.delete(provider);
      cache.set(provider, cached);
      return cached;
    } catch (error) {
      if (error instanceof SecretProblemError) problems.set(provider, { error, at: now() });
      throw error;
    }
  }

  const mayTryAgain = (provider: string) => now() - (triedAt.get(provider) ?? -Infinity) >= REFRESH_PAUSE_MS;

  async function fresh(provider: string): Promise<Cached> {
    const cached = cache.get(provider);
    if (!cached) {
      const problem = problems.get(provider);
      if (problem && now() - problem.at < PROBLEM_PAUSE_MS) throw problem.error;
      return fetchSecrets(provider);
    }
    if (now() - cached.readAt < CACHE_MS || !mayTryAgain(provider)) return cached;
    try {
      return await fetchSecrets(provider);
    } catch (error) {
      log({ event: "secrets.stale", provider, error: describeError(error) });
      return cached;
    }
  }

  return {
    // An expiry holds from its moment on, also for secrets from the cache.
    async get(provider) {
      // A provider that signs nothing; for every other one the scheme refuses to verify without a secret.
      if (!refs.has(provider)) return [];
      return liveSecrets((await fresh(provider)).secrets, now());
    },
    async learn(provider, secret) {
      const ref = refs.get(provider);
      if (!write || !ref || !("ssm" in ref)) return false;
      // A secret that is there stays; forged handshakes read the store no more often than forged signatures do.
      if (cache.has(provider) && !mayTryAgain(provider))
        return cache.get(provider)?.secrets.some((known) => known.secret === secret) ?? false;
      triedAt.set(provider, now());
      const stored = await reach(provider, ref, read(ref));
      const { known, text } = toldIn(provider, ref, stored, secret);
      if (text !== undefined) await reach(provider, ref, write(ref, text));
      cache.set(provider, { secrets: secretsIn(provider, ref, text ?? stored), readAt: now() });
      problems.delete(provider);
      if (text === undefined) return known;
      log({ event: "secrets.learnt", provider, parameter: ref.ssm });
      return true;
    },
    async refresh(provider) {
      if (!mayTryAgain(provider)) return false;
      try {
        await fetchSecrets(provider);
        return true;
      } catch (error) {
        log({ event: "secrets.stale", provider, error: describeError(error) });
        return false;
      }
    },
  };
}
