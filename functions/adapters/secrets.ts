import { describeError } from "../domain/errors";
import type { IngestPorts } from "../domain/ingest-ports";
import type { Log } from "../domain/log-line";
import { SecretProblemError } from "../domain/secret-problem";
import type { SecretRef } from "../domain/secret-ref";
import {
  hasShortSecret,
  liveSecrets,
  SHORT_SECRET_LENGTH,
  type StoredSecret,
} from "../domain/stored-secrets";
import { nameOf, reach, secretsIn, toldIn } from "./secret-problems";
import { READ_AT_ONCE, type ReadSecrets, type WriteSecret } from "./secret-store";

/** Milliseconds for which secrets are cached: a retired secret works for at most that long. */
export const CACHE_MS = 5 * 60_000;

/**
 * Minimum time between two reads of one provider's secrets, in milliseconds: forged signatures cause no more reads. It
 * doubles up to {@link CACHE_MS} while the reads find nothing new, so that a flood does not use up the account's reads.
 */
export const REFRESH_PAUSE_MS = 30_000;

/**
 * Minimum time between two reads of a secret that is missing or malformed, in milliseconds: a secret that an operator
 * stores works soon, and requests until then do not use up the SSM calls of the whole account.
 */
export const PROBLEM_PAUSE_MS = 5_000;

interface Cached {
  readonly secrets: readonly StoredSecret[];
  readonly readAt: number;
  /** Reads in a row that found the same secrets. */
  readonly unchanged: number;
}

type Secrets = IngestPorts["secrets"];

/**
 * Caches the secrets of all providers, read on first use; during an outage of the store the last ones stay in use.
 * `get` and `learn` reject with a {@link SecretProblemError}.
 */
export function cachedSecrets(...args: ConstructorParameters<typeof SecretCache>): Secrets {
  return new SecretCache(...args);
}

class SecretCache implements Secrets {
  readonly #refs: ReadonlyMap<string, SecretRef>;
  readonly #read: ReadSecrets;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #write: WriteSecret | undefined;
  readonly #cache = new Map<string, Cached>();
  readonly #triedAt = new Map<string, number>();
  readonly #problems = new Map<string, { readonly error: SecretProblemError; readonly at: number }>();

  constructor(
    refs: ReadonlyMap<string, SecretRef>,
    read: ReadSecrets,
    now: () => number,
    log: Log,
    write?: WriteSecret,
  ) {
    this.#refs = refs;
    this.#read = read;
    this.#now = now;
    this.#log = log;
    this.#write = write;
  }

  // Check expiry dates on each call, since secrets also expire while they are cached.
  async get(provider: string): Promise<readonly string[]> {
    // Return none for a provider without signatures; every other scheme fails to verify without a secret.
    if (!this.#refs.has(provider)) return [];
    return liveSecrets((await this.#fresh(provider)).secrets, this.#now());
  }

  async learn(provider: string, secret: string): Promise<boolean> {
    const ref = this.#refs.get(provider);
    if (!this.#write || !ref || !("ssm" in ref)) return false;
    // Keep a known secret; forged handshakes cause no more reads of the store than forged signatures do.
    if (this.#cache.has(provider) && !this.#mayTryAgain(provider))
      return this.#cache.get(provider)?.secrets.some((known) => known.secret === secret) ?? false;
    this.#triedAt.set(provider, this.#now());
    const [stored] = await reach(provider, ref, this.#read([ref]));
    const { known, text } = toldIn(provider, ref, stored, secret);
    if (text !== undefined) await reach(provider, ref, this.#write(ref, text));
    this.#cache.set(provider, {
      secrets: secretsIn(provider, ref, text ?? stored, this.#now()),
      readAt: this.#now(),
      unchanged: 0,
    });
    this.#problems.delete(provider);
    if (text === undefined) return known;
    this.#log({ event: "secrets.learnt", provider, parameter: ref.ssm });
    return true;
  }

  async refresh(provider: string): Promise<boolean> {
    if (!this.#mayTryAgain(provider)) return false;
    try {
      await this.#fetchSecrets(provider);
      return true;
    } catch (error) {
      this.#log({ event: "secrets.stale", provider, error: describeError(error) });
      return false;
    }
  }

  /** Returns the provider, followed by those whose parameters the same call reads. */
  #readTogether(provider: string, ref: SecretRef): readonly (readonly [string, SecretRef])[] {
    if (!("ssm" in ref)) return [[provider, ref]];
    const parameters = [...this.#refs].filter(([, other]) => "ssm" in other);
    const own = parameters.findIndex(([name]) => name === provider);
    const from = Math.floor(own / READ_AT_ONCE) * READ_AT_ONCE;
    const others = parameters.slice(from, from + READ_AT_ONCE).filter(([name]) => name !== provider);
    return [[provider, ref], ...others];
  }

  /** Parses and caches the secrets of one provider. @throws SecretProblemError */
  #take(provider: string, ref: SecretRef, text: string | undefined): Cached {
    try {
      const secrets = secretsIn(provider, ref, text, this.#now());
      const changed = JSON.stringify(secrets) !== JSON.stringify(this.#cache.get(provider)?.secrets);
      const cached = {
        secrets,
        readAt: this.#now(),
        unchanged: changed ? 0 : (this.#cache.get(provider)?.unchanged ?? 0) + 1,
      };
      if (changed && hasShortSecret(secrets, this.#now()))
        this.#log({ event: "secrets.short", provider, parameter: nameOf(ref), atLeast: SHORT_SECRET_LENGTH });
      this.#problems.delete(provider);
      this.#cache.set(provider, cached);
      return cached;
    } catch (error) {
      if (error instanceof SecretProblemError) this.#problems.set(provider, { error, at: this.#now() });
      throw error;
    }
  }

  async #fetchSecrets(provider: string): Promise<Cached> {
    const ref = this.#refs.get(provider);
    if (!ref) throw new Error(`no secret is configured for provider ${provider}`);
    const together = this.#readTogether(provider, ref);
    this.#triedAt.set(provider, this.#now());
    let texts: readonly (string | undefined)[];
    try {
      texts = await reach(provider, ref, this.#readOrAlone(together.map(([, one]) => one)));
    } catch (error) {
      if (error instanceof SecretProblemError) this.#problems.set(provider, { error, at: this.#now() });
      throw error;
    }
    texts.slice(1).forEach((text, index) => {
      const [other, otherRef] = together[index + 1] ?? [];
      if (other === undefined || !otherRef) return;
      this.#triedAt.set(other, this.#now());
      try {
        this.#take(other, otherRef, text);
      } catch {
        // Ignore the error: the next request for that provider reports it.
      }
    });
    return this.#take(provider, ref, texts[0]);
  }

  /**
   * Reads secrets in one call, or the first alone if that fails: one parameter with an unusable key fails the whole
   * call.
   */
  async #readOrAlone(together: readonly SecretRef[]): Promise<readonly (string | undefined)[]> {
    try {
      return await this.#read(together);
    } catch (error) {
      if (together.length === 1) throw error;
      return this.#read(together.slice(0, 1));
    }
  }

  /** Returns whether the secrets may be read again. Each read that finds nothing new doubles the wait. */
  #mayTryAgain(provider: string): boolean {
    const wait = Math.min(CACHE_MS, REFRESH_PAUSE_MS * 2 ** (this.#cache.get(provider)?.unchanged ?? 0));
    return this.#now() - (this.#triedAt.get(provider) ?? -Infinity) >= wait;
  }

  async #fresh(provider: string): Promise<Cached> {
    const cached = this.#cache.get(provider);
    if (!cached) {
      const problem = this.#problems.get(provider);
      if (problem && this.#now() - problem.at < PROBLEM_PAUSE_MS) throw problem.error;
      return this.#fetchSecrets(provider);
    }
    if (this.#now() - cached.readAt < CACHE_MS || !this.#mayTryAgain(provider)) return cached;
    try {
      return await this.#fetchSecrets(provider);
    } catch (error) {
      this.#log({ event: "secrets.stale", provider, error: describeError(error) });
      return cached;
    }
  }
}
