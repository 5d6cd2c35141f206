import { recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { UsageError } from "../errors";
import { RawPayloads } from "../payloads";
import { MIN_PREFIX, onlyOne } from "../short-ids";
import { readRecords } from "./read-many";
import type { WebhookRecord } from "./record";

/**
 * Returns webhooks with exactly this key or event id, whatever their age: reads them by key, without a search. Keys
 * that differ from the event id are found by what S3 lists under the id.
 */
export async function findById(
  inbox: Inbox,
  providers: readonly string[],
  id: string,
): Promise<readonly WebhookRecord[]> {
  const named = await recordsOf(
    inbox,
    providers.map((provider) => recordKey(provider, id)),
  );
  // Looks at the other providers, too: one may have sent the same id in a header, so that its record has a longer key.
  const others = providers.filter((name) => !named.some(({ provider }) => provider === name));
  if (named.length > 0 && (others.length === 0 || id.includes("~"))) return named;
  const payloads = new RawPayloads(inbox);
  const signal = AbortSignal.timeout(LOOK_UP_TIMEOUT_MS);
  const keys = await Promise.all(
    others.map(async (provider) =>
      (await payloads.keysOf(provider, id, signal)).map((key) => recordKey(provider, key)),
    ),
  );
  return [...named, ...(await recordsOf(inbox, keys.flat()))];
}

/**
 * Returns the webhook whose key or event id is the only one that begins with a prefix; undefined if none does. Reads
 * one page of what S3 lists for each provider.
 * @throws UsageError with candidates if several begin with it
 */
async function findByPrefix(
  inbox: Inbox,
  providers: readonly string[],
  prefix: string,
): Promise<WebhookRecord | undefined> {
  if (prefix.length < MIN_PREFIX) return undefined;
  const payloads = new RawPayloads(inbox);
  const signal = AbortSignal.timeout(LOOK_UP_TIMEOUT_MS);
  const found = await Promise.all(
    providers.map(async (provider) =>
      (await payloads.keysStartingWith(provider, prefix, signal)).map((key) => ({ provider, key })),
    ),
  );
  const only = onlyOne(prefix, found.flat(), ({ provider, key }) => `${key} (${provider})`);
  return only && (await recordsOf(inbox, [recordKey(only.provider, only.key)]))[0];
}

/** Milliseconds that looking up one id may take. */
const LOOK_UP_TIMEOUT_MS = 20_000;

async function recordsOf(inbox: Inbox, keys: readonly string[]): Promise<readonly WebhookRecord[]> {
  return keys.length === 0 ? [] : [...(await readRecords(inbox, keys)).values()];
}

/**
 * Returns the record of the one webhook with this key or event id, or with the only one that begins with it.
 * @param provider name of the webhook's provider @default every provider of the stack
 * @throws UsageError if more than one webhook has this id
 */
export async function findWebhook(inbox: Inbox, id: string, provider?: string): Promise<WebhookRecord> {
  const asked = provider === undefined ? inbox.outputs.providers.map(({ name }) => name) : [provider];
  const [exact, ...others] = await findById(inbox, asked, id);
  const found = exact ?? (await findByPrefix(inbox, asked, id));
  if (!found) {
    throw new Error(
      `There is no record of ${id} (requested: ${asked.join(", ")}): it was never accepted, or its record has expired.`,
    );
  }
  if (others.length > 0) {
    const all = [found, ...others];
    const names = [...new Set(all.map((one) => one.provider))].sort();
    if (names.length > 1) {
      throw new UsageError(`${names.join(" and ")} sent this id. Say whose with --provider <name>.`);
    }
    const keys = all.map(({ key }) => key).sort();
    throw new UsageError(sharedId(found.provider, id, keys));
  }
  return found;
}

/** Returns what to say if several webhooks of a provider have one event id. */
export function sharedId(provider: string, id: string, keys: readonly string[]): string {
  return `${keys.length} webhooks of ${provider} have the event id ${id}, with other bodies or types. Give the key of one: ${keys.join(", ")}`;
}
