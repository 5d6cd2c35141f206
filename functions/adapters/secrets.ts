import { describeError, UnavailableError } from "../domain/errors";
import type { IngestPorts } from "../domain/ingest-ports";
import { learntSecrets, liveSecrets, parseSecrets, type StoredSecret } from "../domain/stored-secrets";
import { signedCalls } from "./signed-calls";

/** Where a provider's secrets lie: the name of an SSM SecureString, or of a Secrets Manager secret. */
export type SecretRef = SsmRef | { readonly secretsManager: string };

interface SsmRef {
  readonly ssm: string;
  /** Key that encrypts it, where that is not the account's default; only for writing. */
  readonly kmsKeyArn?: string;
}

/** Reads the stored text of one secret. */
export type ReadSecret = (ref: SecretRef) => Promise<string>;

/** Replaces the stored text of one secret. */
export type WriteSecret = (ref: SsmRef, secret: string) => Promise<void>;

/** How long read secrets are used, in milliseconds: a retired secret works for at most that long. */
export const CACHE_MS = 5 * 60_000;

/** Least time between two reads of one provider's secrets, in milliseconds: forged signatures cost no more than that. */
export const REFRESH_PAUSE_MS = 30_000;

/** Reads from SSM and Secrets Manager, and writes to SSM. */
export function secretStore(): { readonly read: ReadSecret; readonly write: WriteSecret } {
  const aws = signedCalls();
  const call = (service: string, target: string, body: unknown) =>
    aws(service, "/", {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      body: JSON.stringify(body),
    });

  const read: ReadSecret = async (ref) => {
    if ("ssm" in ref) {
      const answer = await call("ssm", "AmazonSSM.GetParameter", { Name: ref.ssm, WithDecryption: true });
      return (answer["Parameter"] as { Value: string }).Value;
    }
    const answer = await call("secretsmanager", "secretsmanager.GetSecretValue", {
      SecretId: ref.secretsManager,
    });
    return answer["SecretString"] as string;
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

/** Secrets of all providers, read on first use and kept; an outage of the store goes on with those last read. */
export function cachedSecrets(
  refs: ReadonlyMap<string, SecretRef>,
  read: ReadSecret,
  now: () => number,
  log: (line: Record<string, unknown>) => void,
  write?: WriteSecret,
): IngestPorts["secrets"] {
  const cache = new Map<string, Cached>();
  const triedAt = new Map<string, number>();

  async function fetchSecrets(provider: string): Promise<Cached> {
    const ref = refs.get(provider);
    if (!ref) throw new Error(`no secret is configured for provider ${provider}`);
    triedAt.set(provider, now());
    try {
      const cached = { secrets: parseSecrets(await read(ref)), readAt: now() };
      cache.set(provider, cached);
      return cached;
    } catch (cause) {
      throw new UnavailableError(`secret of ${provider} (${Object.values(ref).join()})`, { cause });
    }
  }

  const mayTryAgain = (provider: string) => now() - (triedAt.get(provider) ?? -Infinity) >= REFRESH_PAUSE_MS;

  async function fresh(provider: string): Promise<Cached> {
    const cached = cache.get(provider);
    if (!cached) return fetchSecrets(provider);
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
      try {
        const stored = await read(ref);
        const { known, text } = learntSecrets(stored, secret);
        if (text !== undefined) await write(ref, text);
        cache.set(provider, { secrets: parseSecrets(text ?? stored), readAt: now() });
        if (text === undefined) return known;
      } catch (cause) {
        throw new UnavailableError(`secret of ${provider} (${ref.ssm})`, { cause });
      }
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
