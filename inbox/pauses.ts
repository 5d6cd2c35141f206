import { countsKey, heldIn } from "../functions/adapters/held";
import { heldGroups, readPauses, writePause, type StoredPause } from "../functions/adapters/pauses";
import { fromValues, toValues } from "../functions/adapters/record-item";
import type { Inbox } from "./connect";
import { UsageError } from "./errors";
import { providerNamed, unknownProvider } from "./outputs";

/** A provider whose processing is paused, or resumes. */
export interface ProviderPause extends StoredPause {
  readonly provider: string;
  /** Number of webhooks that are held; only the first hundred groups are counted. */
  readonly held: number;
  /** Number of groups that were counted. */
  readonly groups: number;
}

/** Reads which providers are paused, by name. */
export async function providerPauses(inbox: Inbox): Promise<readonly ProviderPause[]> {
  const { outputs, clients } = inbox;
  const pauses = await readPauses(outputs.dynamodb_table_name, clients.dynamodb);
  const found = [...pauses].map(async ([provider, pause]): Promise<ProviderPause> => ({
    provider,
    ...pause,
    ...(await heldOf(provider, inbox)),
  }));
  return (await Promise.all(found)).sort((a, b) => (a.provider < b.provider ? -1 : 1));
}

async function heldOf(
  provider: string,
  { outputs: { dynamodb_table_name: TableName }, clients: { dynamodb } }: Inbox,
): Promise<Pick<ProviderPause, "held" | "groups">> {
  const groups = await heldGroups(TableName, dynamodb, provider);
  const counts = await Promise.all(
    groups.map(async (group) => {
      const Key = toValues({ pk: countsKey(group) });
      const { Item = {} } = await dynamodb.getItem({ TableName, Key, ConsistentRead: true });
      return heldIn(fromValues(Item));
    }),
  );
  return { held: counts.reduce((sum, count) => sum + count, 0), groups: counts.length };
}

/**
 * Pauses the processing of a provider: its webhooks are still verified, stored and answered, and held in their order. A
 * provider that is paused already keeps the time and the reason of its pause.
 * @throws UsageError if the stack has no such provider
 */
export async function pauseProvider(
  provider: string,
  note: Pick<StoredPause, "by" | "reason">,
  inbox: Inbox,
): Promise<StoredPause> {
  const { before, write } = await pauseOf(provider, inbox);
  if (before?.state === "paused") return before;
  const pause: StoredPause = { state: "paused", since: new Date().toISOString(), ...note };
  await write(pause);
  return pause;
}

/**
 * Resumes the processing of a provider: its held webhooks in their order, and then new ones.
 * @throws UsageError if it is not paused, or if the stack has no such provider
 */
export async function resumeProvider(provider: string, inbox: Inbox): Promise<StoredPause> {
  const { before, write } = await pauseOf(provider, inbox);
  if (!before) throw new UsageError(`${provider} is not paused.`);
  if (before.state === "resuming") return before;
  const pause: StoredPause = { ...before, state: "resuming", resumedAt: new Date().toISOString() };
  await write(pause);
  return pause;
}

async function pauseOf(provider: string, { outputs, clients: { dynamodb } }: Inbox) {
  const { dynamodb_table_name: table, providers } = outputs;
  const before = (await readPauses(table, dynamodb)).get(provider);
  // Allows resuming a provider that was removed from the configuration while it was paused.
  if (!before && !providerNamed(provider, outputs))
    throw unknownProvider(
      provider,
      providers.map(({ name }) => name),
    );
  return { before, write: (pause: StoredPause) => writePause(table, dynamodb, provider, pause) };
}
