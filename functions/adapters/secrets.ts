import { describeError } from "../domain/errors";
import type { IngestPorts } from "../domain/ingest-ports";
import { SecretProblemError, type SecretProblem } from "../domain/secret-problem";
import type { SecretRef, SsmRef } from "../domain/secret-ref";
import {
  hasShortSecret,
  isAwaited,
  withLearntSecret,
  liveSecrets,
  parseSecrets,
  SHORT_SECRET_LENGTH,
  unusable,
  type StoredSecret,
} from "../domain/stored-secrets";
import { signedCalls } from "./signed-calls";
import type { Log } from "../domain/log-line";

/**
 * Reads the stored texts of secrets, in their order: of one, or of up to {@link READ_AT_ONCE} parameters. A text is
 * undefined if there is none of this name, or it is not a text.
 */
export type ReadSecrets = (refs: readonly SecretRef[]) => Promise<readonly (string | undefined)[]>;

/** Replaces the stored text of one secret. */
export type WriteSecret = (ref: SsmRef, secret: string) => Promise<void>;

/** How long read secrets are used, in milliseconds: a retired secret works for at most that long. */
export const CACHE_MS = 5 * 60_000;

/**
 * Least time between two reads of one provider's secrets, in milliseconds: forged signatures cost no more than that. It
 * doubles up to {@link CACHE_MS} while the reads find nothing new, so that a flood does not use up the account's reads.
 */
export const REFRESH_PAUSE_MS = 30_000;

/**
 * Least time between two reads of a secret that is missing or no secret, in milliseconds: the operator who stores it
 * soon sees it work, and the requests in between do not use up the calls that SSM takes of the whole account.
 */
export const PROBLEM_PAUSE_MS = 5_000;

/**
 * Names that one GetParameters takes. An account reads 40 times a second, whatever the number of names.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
export const READ_AT_ONCE = 10;

/**
 * What Secrets Manager answers for a name that it does not have. GetParameters lists such names instead.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
 */
const NOT_THERE = /ResourceNotFoundException|marked for deletion/;

/** Reads from SSM and Secrets Manager, and writes to SSM. */
export function secretStore(): { readonly read: ReadSecrets; readonly write: WriteSecret } {
  const aws = signedCalls();
  const call = (service: string, target: string, body: unknown) =>
    aws(service, "/", {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      body: JSON.stringify(body),
    });

  const readParameters = async (Names: readonly string[]) => {
    const { Parameters } = await call("ssm", "AmazonSSM.GetParameters", { Names, WithDecryption: true });
    const found = Parameters as readonly { readonly Name: string; readonly Value: string }[];
    const values = new Map(found.map(({ Name, Value }) => [Name, Value]));
    return Names.map((name) => values.get(name));
  };
  const readManaged = async (SecretId: string) => {
    try {
      // The text is absent if the secret is stored as bytes.
      return (await call("secretsmanager", "secretsmanager.GetSecretValue", { SecretId }))["SecretString"];
    } catch (error) {
      if (error instanceof Error && NOT_THERE.test(error.message)) return undefined;
      throw error;
    }
  };
  const read: ReadSecrets = async (refs) => {
    const parameters = refs.flatMap((ref) => ("ssm" in ref ? [ref.ssm] : []));
    if (parameters.length === refs.length) return readParameters(parameters);
    return Promise.all(
      refs.map(async (ref) =>
        "ssm" in ref
          ? (await readParameters([ref.ssm]))[0]
          : ((await readManaged(ref.secretsManager)) as string | undefined),
      ),
    );
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
  /** Reads in a row that found the same secrets. */
  readonly unchanged: number;
}

function nameOf(ref: SecretRef): string {
  return "ssm" in ref ? ref.ssm : ref.secretsManager;
}

/**
 * Caches the secrets of all providers, read on first use; during an outage of the store the last ones stay in use.
 * `get` and `learn` reject with a {@link SecretProblemError}.
 */
export function cachedSecrets(
  refs: ReadonlyMap<string, SecretRef>,
  read: ReadSecrets,
  now: () => number,
  log: Log,
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
    if (isAwaited(text))
      throw problem("secret_missing", "is not set yet: the provider sends it in its handshake");
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

  /** Returns the text to store once the provider has sent its secret. @throws SecretProblemError */
  function toldIn(provider: string, ref: SecretRef, stored: string | undefined, secret: string) {
    if (stored === undefined) throw problemOf(provider, ref, "secret_missing", "is not stored");
    try {
      return withLearntSecret(stored, secret);
    } catch (error) {
      throw problemOf(provider, ref, "secret_malformed", (error as Error).message);
    }
  }

  /** Returns the provider, followed by those whose parameters the same call reads. */
  function readTogether(provider: string, ref: SecretRef): readonly (readonly [string, SecretRef])[] {
    if (!("ssm" in ref)) return [[provider, ref]];
    const parameters = [...refs].filter(([, other]) => "ssm" in other);
    const own = parameters.findIndex(([name]) => name === provider);
    const from = Math.floor(own / READ_AT_ONCE) * READ_AT_ONCE;
    const others = parameters.slice(from, from + READ_AT_ONCE).filter(([name]) => name !== provider);
    return [[provider, ref], ...others];
  }

  /** Takes what was read of one provider into the cache. @throws SecretProblemError */
  function take(provider: string, ref: SecretRef, text: string | undefined): Cached {
    try {
      const secrets = secretsIn(provider, ref, text);
      const changed = JSON.stringify(secrets) !== JSON.stringify(cache.get(provider)?.secrets);
      const cached = {
        secrets,
        readAt: now(),
        unchanged: changed ? 0 : (cache.get(provider)?.unchanged ?? 0) + 1,
      };
      if (changed && hasShortSecret(secrets, now()))
        log({ event: "secrets.short", provider, parameter: nameOf(ref), atLeast: SHORT_SECRET_LENGTH });
      problems.delete(provider);
      cache.set(provider, cached);
      return cached;
    } catch (error) {
      if (error instanceof SecretProblemError) problems.set(provider, { error, at: now() });
      throw error;
    }
  }

  async function fetchSecrets(provider: string): Promise<Cached> {
    const ref = refs.get(provider);
    if (!ref) throw new Error(`no secret is configured for provider ${provider}`);
    const together = readTogether(provider, ref);
    triedAt.set(provider, now());
    let texts: readonly (string | undefined)[];
    try {
      texts = await reach(provider, ref, readOrAlone(together.map(([, one]) => one)));
    } catch (error) {
      if (error instanceof SecretProblemError) problems.set(provider, { error, at: now() });
      throw error;
    }
    texts.slice(1).forEach((text, index) => {
      const [other, otherRef] = together[index + 1] ?? [];
      if (other === undefined || !otherRef) return;
      triedAt.set(other, now());
      try {
        take(other, otherRef, text);
      } catch {
        // The next request for that provider gets its problem.
      }
    });
    return take(provider, ref, texts[0]);
  }

  /** One parameter whose key may not be used fails the whole call: the first is then read alone. */
  async function readOrAlone(together: readonly SecretRef[]): Promise<readonly (string | undefined)[]> {
    try {
      return await read(together);
    } catch (error) {
      if (together.length === 1) throw error;
      return read(together.slice(0, 1));
    }
  }

  /** Whether the secrets may be read again: each time nothing new was found, forged signatures wait longer for it. */
  function mayTryAgain(provider: string): boolean {
    const wait = Math.min(CACHE_MS, REFRESH_PAUSE_MS * 2 ** (cache.get(provider)?.unchanged ?? 0));
    return now() - (triedAt.get(provider) ?? -Infinity) >= wait;
  }

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
      // A provider without signatures; every other scheme fails to verify without a secret.
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
      const [stored] = await reach(provider, ref, read([ref]));
      const { known, text } = toldIn(provider, ref, stored, secret);
      if (text !== undefined) await reach(provider, ref, write(ref, text));
      cache.set(provider, { secrets: secretsIn(provider, ref, text ?? stored), readAt: now(), unchanged: 0 });
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
