import { BatchGetItemCommand, GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { recordKey } from "../../functions/domain/webhook";
import { begunAt } from "../operations/replay";
import type { Inbox } from "../inbox";
import type { Operation, WebhookRecord } from "../trace/model";

type Item = Record<string, AttributeValue>;

/** DynamoDB reads at most so many items at once. */
const BATCH = 100;

/** The record of a webhook, or undefined where there is none. */
export async function readRecord(
  inbox: Inbox,
  provider: string,
  key: string,
): Promise<WebhookRecord | undefined> {
  const { Item } = await inbox.clients.dynamodb.send(
    new GetItemCommand({
      TableName: inbox.outputs.dynamodb_table_name,
      Key: { pk: { S: recordKey(provider, key) } },
      ConsistentRead: true,
    }),
  );
  return Item && toRecord(Item);
}

/** Records by their keys, in no order; those that are gone are left out. */
export async function readRecords(
  inbox: Inbox,
  keys: readonly string[],
): Promise<ReadonlyMap<string, WebhookRecord>> {
  const table = inbox.outputs.dynamodb_table_name;
  const batches: string[][] = [];
  for (let from = 0; from < keys.length; from += BATCH) batches.push(keys.slice(from, from + BATCH));
  const read = async (batch: readonly string[]): Promise<Item[]> => {
    const { Responses, UnprocessedKeys } = await inbox.clients.dynamodb.send(
      new BatchGetItemCommand({
        RequestItems: { [table]: { Keys: batch.map((pk) => ({ pk: { S: pk } })) } },
      }),
    );
    const left = UnprocessedKeys?.[table]?.Keys?.map(({ pk }) => pk?.S ?? "") ?? [];
    return [...(Responses?.[table] ?? []), ...(left.length > 0 ? await read(left) : [])];
  };
  const items = (await Promise.all(batches.map(read))).flat();
  return new Map(items.map((item) => [item["pk"]?.S ?? "", toRecord(item)]));
}

/** A record's provider and key within it. Providers' names hold no `#`. */
export function splitKey(recordKey: string): { provider: string; key: string } {
  const at = recordKey.indexOf("#");
  return { provider: recordKey.slice(0, at), key: recordKey.slice(at + 1) };
}

function toRecord(item: Item): WebhookRecord {
  const { provider, key } = splitKey(item["pk"]?.S ?? "");
  const text = (field: string) => item[field]?.S;
  const count = (field: string) => Number(item[field]?.N ?? 0);
  const optional = <K extends string>(field: K) =>
    (text(field) === undefined ? {} : { [field]: text(field) }) as { readonly [P in K]?: string };
  const error = item["error"]?.M;
  return {
    provider,
    id: text("eventId") ?? key,
    key,
    type: text("type") ?? "",
    status: (text("status") ?? "received") as WebhookRecord["status"],
    receivedAt: text("receivedAt") ?? "",
    ...optional("lastReceivedAt"),
    ...optional("publishedAt"),
    ...optional("failedAt"),
    ...optional("deadLetteredAt"),
    ...optional("time"),
    ...optional("s3Key"),
    ...optional("contentType"),
    ...optional("group"),
    ...optional("executionArn"),
    ...(item["size"] && { size: count("size") }),
    attempts: count("attempts"),
    failures: count("failures"),
    replay: count("replay"),
    ...(error && { error: { code: error["code"]?.S ?? "", message: error["message"]?.S ?? "" } }),
    operations: operationsIn(item),
  };
}

/** What the console noted, and replays of the command line, which notes the run: it begins with its time. */
function operationsIn(item: Item): Operation[] {
  const noted = (item["operations"]?.L ?? []).map(({ M = {} }): Operation => ({
    kind: M["kind"]?.S === "replay" ? "replay" : "redrive",
    at: M["at"]?.S ?? "",
    ...(M["replay"]?.N !== undefined && { replay: Number(M["replay"].N) }),
  }));
  const replays = (item["replays"]?.SS ?? []).flatMap((entry): Operation[] => {
    const [number = "", run = ""] = entry.split(":");
    const replay = Number(number);
    const begun = begunAt(run, NaN);
    const known = noted.some((one) => one.replay === replay);
    return known || Number.isNaN(begun)
      ? []
      : [{ kind: "replay", at: new Date(begun).toISOString(), replay }];
  });
  return [...noted, ...replays];
}
