import type { PausePorts } from "../domain/pause";
import type { Pause, ResumePorts } from "../domain/resume";
import { resumeMessage } from "../domain/pause";
import { resumeDeduplicationId } from "../domain/webhook";
import { hasCode } from "./aws-error";
import { within, type Items, type Sqs } from "./clients";
import { groupOf } from "./held";
import { heldPartition, UNRESOLVED_INDEX } from "./indexes";
import { fromValues, toValues, type Item } from "./record-item";
import type { CallOptions } from "./signed-calls";
import { orUnavailable } from "./unavailable";

/** Key of the one item with the pauses of all providers, which every batch reads. */
const PAUSES = toValues({ pk: "_paused" });

/** Prefix of the attributes of that item; the provider's name follows. */
const PREFIX = "provider#";

/** A provider's pause as stored in the table. */
export interface StoredPause extends Pause {
  /** Operating-system user who paused the provider. */
  readonly by?: string;
}

const pausesIn = (item: Item = {}): readonly [string, StoredPause][] =>
  Object.entries(fromValues(item)).flatMap(([name, value]) =>
    name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value as StoredPause]] : [],
  );

/**
 * Reads all pauses, including the latest write (strongly consistent).
 * @param options with the time limit of a function; an operator waits as long as the client does
 */
export async function readPauses(
  TableName: string,
  dynamodb: Pick<Items, "getItem">,
  options: CallOptions = {},
): Promise<ReadonlyMap<string, StoredPause>> {
  const input = { TableName, Key: PAUSES, ConsistentRead: true };
  const got = dynamodb.getItem(input, options);
  const { Item } = await orUnavailable("DynamoDB GetItem", got);
  return new Map(pausesIn(Item));
}

/**
 * Writes a provider's pause, or removes it if undefined.
 * @param unless writes only if the stored pause still has this `resumedAt`
 * @returns whether it wrote
 */
export async function writePause(
  TableName: string,
  dynamodb: Pick<Items, "updateItem">,
  provider: string,
  pause: StoredPause | undefined,
  unless?: { readonly resumedAt: string | undefined },
): Promise<boolean> {
  const values = {
    ...(pause && { ":pause": { ...pause } }),
    ...(unless && { ":resumedAt": unless.resumedAt ?? "" }),
  };
  const written = dynamodb.updateItem({
    TableName,
    Key: PAUSES,
    UpdateExpression: pause ? "SET #provider = :pause" : "REMOVE #provider",
    ...(unless && { ConditionExpression: "#provider.resumedAt = :resumedAt" }),
    ExpressionAttributeNames: { "#provider": `${PREFIX}${provider}` },
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: toValues(values) }),
  });
  try {
    await written;
    return true;
  } catch (cause) {
    if (hasCode(cause, "ConditionalCheckFailedException")) return false;
    return orUnavailable("DynamoDB UpdateItem", Promise.reject(cause as Error));
  }
}

/** Creates the processing function's reader of the providers' pauses. */
export function createPauseReader(table: string, dynamodb: Items): PausePorts["pauses"] {
  return {
    async read(limit) {
      const pauses = await readPauses(table, dynamodb, within(limit));
      return new Map([...pauses].map(([provider, { state }]) => [provider, state]));
    },
  };
}

/** Maximum number of groups that one lookup returns; later lookups return the others once these are done. */
const MOST_GROUPS = 100;

/** Returns up to a hundred groups of a provider that have held messages. The index is eventually consistent. */
export async function heldGroups(
  TableName: string,
  dynamodb: Pick<Items, "query">,
  provider: string,
): Promise<readonly string[]> {
  const found = dynamodb.query({
    TableName,
    IndexName: UNRESOLVED_INDEX,
    KeyConditionExpression: "unresolved = :partition",
    ExpressionAttributeValues: toValues({ ":partition": heldPartition(provider) }),
    Limit: MOST_GROUPS,
  });
  const { Items: items = [] } = await orUnavailable("DynamoDB Query", found);
  return items.map(groupOf);
}

/** Creates the store with which the recovery function ends the pauses of providers that resume. */
export function createResumeStore(
  TableName: string,
  QueueUrl: string,
  dynamodb: Items,
  sqs: Pick<Sqs, "sendMessage">,
): ResumePorts["pauses"] {
  return {
    read: () => readPauses(TableName, dynamodb, within()),
    groups: (provider) => heldGroups(TableName, dynamodb, provider),
    async wake(provider, group, at) {
      const sent = sqs.sendMessage({
        QueueUrl,
        MessageBody: resumeMessage(provider),
        MessageGroupId: group,
        MessageDeduplicationId: resumeDeduplicationId(group, at),
      });
      await orUnavailable("SQS SendMessage", sent);
    },
    write: (provider, pause, resumedAt) => writePause(TableName, dynamodb, provider, pause, { resumedAt }),
  };
}
