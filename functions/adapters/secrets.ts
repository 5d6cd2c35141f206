import { AwsClient } from "aws4fetch";
import { describeError, UnavailableError } from "../domain/errors";
import type { IngestPorts } from "../domain/ingest";
import { environment } from "./environment";

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

/**
 * What the operator stores while the sender is to tell its secret. One handshake replaces it; to take another secret,
 * the operator stores it again. It is never used as a secret itself.
 */
export const AWAITED = "learn";

/** How long read secrets are used, in milliseconds: a retired secret works for at most that long. */
export const CACHE_MS = 5 * 60_000;

/** Least time between two reads of one provider's secrets, in milliseconds: forged signatures cost no more than that. */
export const REFRESH_PAUSE_MS = 30_000;

/** Milliseconds that one call may take; the sender waits. */
const CALL_TIMEOUT_MS = 2_500;

/**
 * Reads from SSM and Secrets Manager, and writes to SSM. Signed by hand with aws4fetch: these are two small JSON calls, and client-ssm
 * alone would add 79 KB to the bundle of every cold start.
 */
export function secretStore(): { readonly read: ReadSecret; readonly write: WriteSecret } {
  const region = environment("AWS_REGION");
  const client = new AwsClient({
    accessKeyId: environment("AWS_ACCESS_KEY_ID"),
    secretAccessKey: environment("AWS_SECRET_ACCESS_KEY"),
    ...(process.env["AWS_SESSION_TOKEN"] && { sessionToken: process.env["AWS_SESSION_TOKEN"] }),
    region,
    retries: 2,
  });

  async function call(service: string, target: string, body: unknown): Promise<Record<string, unknown>> {
    const endpoint = process.env["AWS_ENDPOINT_URL"] ?? `https://${service}.${region}.amazonaws.com`;
    const response = await client.fetch(`${endpoint}/`, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      body: JSON.stringify(body),
      aws: { service },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }

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

/**
 * The secrets in a stored text: one secret as it is, or several as a JSON array of strings, newest first.
 * @throws where there is none, or an empty one, which would let everybody sign
 */
export function parseSecrets(stored: string): readonly string[] {
  if (stored === AWAITED) throw new Error("is not there yet: the sender is to tell it");
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

  return {
    async get(provider) {
      // A provider that signs nothing; for every other one the scheme refuses to verify without a secret.
      if (!refs.has(provider)) return [];
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
    async learn(provider, secret) {
      const ref = refs.get(provider);
      if (!write || !ref || !("ssm" in ref)) return false;
      // A secret that is there stays; forged handshakes read the store no more often than forged signatures do.
      if (cache.has(provider) && !mayTryAgain(provider))
        return cache.get(provider)?.secrets.includes(secret) ?? false;
      triedAt.set(provider, now());
      try {
        const stored = await read(ref);
        if (stored !== AWAITED) {
          const known = parseSecrets(stored);
          cache.set(provider, { secrets: known, readAt: now() });
          // The same handshake again, because our answer was lost.
          return known.includes(secret);
        }
        await write(ref, secret);
      } catch (cause) {
        throw new UnavailableError(`secret of ${provider} (${ref.ssm})`, { cause });
      }
      cache.set(provider, { secrets: [secret], readAt: now() });
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
