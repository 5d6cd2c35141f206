import type { PausePorts } from "../domain/pause";
import type { Pause, ResumePorts } from "../domain/resume";
import { resumeMessage } from "../domain/pause";
import { resumeDeduplicationId } from "../domain/webhook";
import { hasCode } from "./aws-error";
import { CALL_TIMEOUT_MS, type Items, type Sqs } from "./clients";
import { groupOf } from "./held";
import { heldPartition, UNRESOLVED_INDEX } from "./indexes";
import { fromValues, toValues, type Item } from "./record-item";
import { orUnavailable } from "./unavailable";

/** Key of the one item that says which providers are paused: every batch reads it. */
const PAUSES = toValues({ pk: "_paused" });

/** Name of a provider's attribute there. */
const PREFIX = "provider#";

/** A provider's pause as the table has it. */
export interface StoredPause extends Pause {
  /** Who paused it: the user of the machine. */
  readonly by?: string;
}

const pausesIn = (item: Item = {}): readonly [string, StoredPause][] =>
  Object.entries(fromValues(item)).flatMap(([name, value]) =>
    name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value as StoredPause]] : [],
  );

/** Reads every pause, as the last write left it. */
export async function readPauses(
  TableName: string,
  dynamodb: Pick<Items, "getItem">,
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<ReadonlyMap<string, StoredPause>> {
  const input = { TableName, Key: PAUSES, ConsistentRead: true };
  const got = dynamodb.getItem(input, { abortSignal: AbortSignal.timeout(timeoutMs) });
  const { Item } = await orUnavailable("DynamoDB GetItem", got);
  return new Map(pausesIn(Item));
}

/**
 * Writes a provider's pause, or removes it.
 * @param unless writes nothing if `resumedAt` is another by now
 * @returns whether it did
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

/** Reads for the processing function which providers are paused. */
export function createPauseReader(table: string, dynamodb: Items): PausePorts["pauses"] {
  return {
    async read(limit) {
      const pauses = await readPauses(table, dynamodb, limit?.timeoutMs);
      return new Map([...pauses].map(([provider, { state }]) => [provider, state]));
    },
  };
}

/** Groups that are looked up at once; what is behind them follows when they are done. */
const MOST_GROUPS = 100;

/** The first hundred groups of a provider of which something is held; a moment late. */
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

/** Ends the pauses of providers that resume, for the recovery function. */
export function createResumeStore(
  TableName: string,
  QueueUrl: string,
  dynamodb: Items,
  sqs: Pick<Sqs, "sendMessage">,
): ResumePorts["pauses"] {
  return {
    read: () => readPauses(TableName, dynamodb),
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
