import { describeError, UnavailableError } from "../domain/errors";
import type { IngestPorts } from "../domain/ingest";
import { signedCalls } from "./signed-calls";

/** Where a provider's secrets lie: the name of an SSM SecureString, or of a Secrets Manager secret. */
export type SecretRef = { readonly ssm: string } | { readonly secretsManager: string };

/** Reads the stored text of one secret. */
export type ReadSecret = (ref: SecretRef) => Promise<string>;

/** How long read secrets are used, in milliseconds: a retired secret works for at most that long. */
export const CACHE_MS = 5 * 60_000;

/** Least time between two reads of one provider's secrets, in milliseconds: forged signatures cost no more than that. */
export const REFRESH_PAUSE_MS = 30_000;

/** Reads from SSM and Secrets Manager. */
export function secretReader(): ReadSecret {
  const aws = signedCalls();
  const call = (service: string, target: string, body: unknown) =>
    aws(service, "/", {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      body: JSON.stringify(body),
    });

  return async (ref) => {
    if ("ssm" in ref) {
      const answer = await call("ssm", "AmazonSSM.GetParameter", { Name: ref.ssm, WithDecryption: true });
      return (answer["Parameter"] as { Value: string }).Value;
    }
    const answer = await call("secretsmanager", "secretsmanager.GetSecretValue", {
      SecretId: ref.secretsManager,
    });
    return answer["SecretString"] as string;
  };
}

/**
 * The secrets in a stored text: one secret as it is, or several as a JSON array of strings, newest first.
 * @throws where there is none, or an empty one, which would let everybody sign
 */
export function parseSecrets(stored: string): readonly string[] {
  const secrets: unknown = stored.startsWith("[") ? JSON.parse(stored) : [stored];
  const valid =
    Array.isArray(secrets) && secrets.length > 0 && secrets.every((s) => typeof s === "string" && s !== "");
  if (!valid) throw new Error("is neither a secret nor a JSON array of secrets");
  return secrets as string[];
}

interface Cached {
  readonly secrets: readonly string[];
  readonly readAt: number;
}

/** Secrets of all providers, read on first use and kept; an outage of the store goes on with those last read. */
export function cachedSecrets(
  refs: ReadonlyMap<string, SecretRef>,
  read: ReadSecret,
  now: () => number,
  log: (line: Record<string, unknown>) => void,
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

  return {
    async get(provider) {
      const cached = cache.get(provider);
      if (!cached) return (await fetchSecrets(provider)).secrets;
      if (now() - cached.readAt < CACHE_MS || !mayTryAgain(provider)) return cached.secrets;
      try {
        return (await fetchSecrets(provider)).secrets;
      } catch (error) {
        log({ event: "secrets.stale", provider, error: describeError(error) });
        return cached.secrets;
      }
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
