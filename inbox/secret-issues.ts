import { SecretProblemError } from "../functions/domain/secret-problem";
import {
  hasShortSecret,
  liveSecrets,
  SHORT_SECRET_LENGTH,
  unusable,
} from "../functions/domain/stored-secrets";
import type { ConfiguredScheme } from "../providers";
import { secretStore, type SecretStore } from "./secrets";
import { fitsScheme } from "./operations/secrets";
import type { Inbox } from "./connect";

/**
 * State of a provider's secrets, as far as it can be seen from here. With `missing` and `malformed` all its webhooks
 * are answered 503; `awaited` is sent by the provider in its first handshake; `unreadable` means only that the caller
 * may not read it.
 */
export type SecretState = "missing" | "malformed" | "awaited" | "short" | "unreadable";

/** A provider whose secrets need a look. */
export interface SecretIssue {
  readonly provider: string;
  readonly state: SecretState;
  /** Explanation that contains nothing of the secret. */
  readonly detail: string;
}

/** Returns the providers whose secrets need a look, in the order of the outputs. */
export async function secretIssues({ outputs, clients }: Inbox): Promise<readonly SecretIssue[]> {
  const found = await Promise.all(
    outputs.providers.map(async ({ name, scheme, secret }) =>
      secret === undefined ? undefined : issueOf(name, scheme, secretStore(secret, clients)),
    ),
  );
  return found.filter((issue) => issue !== undefined);
}

/** Returns what is wrong with a provider's secrets; undefined if nothing is. */
export async function issueOf(
  provider: string,
  scheme: ConfiguredScheme,
  store: Pick<SecretStore, "name" | "read">,
): Promise<SecretIssue | undefined> {
  const issue = (state: SecretState, detail: string): SecretIssue => ({ provider, state, detail });
  const now = Date.now();
  try {
    const secrets = await store.read();
    const live = liveSecrets(secrets, now);
    if (secrets.length === 0) return issue("missing", `There is no secret in ${store.name}.`);
    if (live.length === 0) return issue("missing", `All secrets in ${store.name} have expired.`);
    const wrong = unusable(secrets, now);
    if (wrong !== undefined) return issue("malformed", `A secret in ${store.name} ${wrong}.`);
    const unfit = live.map((secret) => fitsScheme(secret, scheme)).find((problem) => problem !== undefined);
    if (unfit !== undefined) return issue("malformed", `A secret in ${store.name}: ${unfit}.`);
    return hasShortSecret(secrets, now)
      ? issue("short", `A secret in ${store.name} has less than ${SHORT_SECRET_LENGTH} characters.`)
      : undefined;
  } catch (error) {
    if (!(error instanceof SecretProblemError))
      return issue("unreadable", `${store.name}: ${(error as Error).name}.`);
    return issue(error.reason === "secret_missing" ? "awaited" : "malformed", error.message);
  }
}

/** Returns whether an issue makes ingestion answer the provider's webhooks with an error. */
export function isBlocking({ state }: SecretIssue): boolean {
  return state === "missing" || state === "malformed";
}
