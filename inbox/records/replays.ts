import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  GetItemCommand,
  paginateScan,
  UpdateItemCommand,
  type AttributeValue,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { MAX_RETENTION_SECONDS } from "../../aws-limits";
import { recentPartition, shardOf } from "../../functions/adapters/indexes";
import { keyOf, recordKey, type Status } from "../../functions/domain/webhook";
import { claimFor, type Claim, type ReplayState, type StoredWebhook } from "../operations/replay";

/** Which records; what is not given matches all. */
export interface RecordFilter {
  readonly provider?: string;
  readonly type?: string;
  /** RFC 3339, as records hold it; the first is included, the second is not. */
  readonly since?: string;
  readonly until?: string;
  readonly statuses: readonly Status[];
}

/** A record, whose group can be missing: the workflow makes records without. */
export type RecordedWebhook = Omit<StoredWebhook, "group"> & { readonly group?: string };

type Item = Readonly<Record<string, AttributeValue>>;

const BATCH_GET_KEYS = 100;

/** Claims of one record that lose against another command's before this one gives up. */
const CLAIM_TRIES = 10;

/** The table as the replay uses it. */
export class ReplayRecords {
  constructor(
    private readonly table: string,
    private readonly dynamodb: DynamoDBClient,
  ) {}

  async find(provider: string, key: string): Promise<RecordedWebhook | undefined> {
    const item = await this.#get(recordKey(provider, key));
    return item && webhookIn(item);
  }

  /** Which of these keys have a record. */
  async known(provider: string, ofKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    let keys = ofKeys.map((key) => ({ pk: { S: recordKey(provider, key) } as AttributeValue }));
    while (keys.length > 0) {
      const Keys = keys.slice(0, BATCH_GET_KEYS);
      const answer: BatchGetItemCommandOutput = await this.dynamodb.send(
        new BatchGetItemCommand({ RequestItems: { [this.table]: { Keys, ProjectionExpression: "pk" } } }),
      );
      for (const { pk } of answer.Responses?.[this.table] ?? []) {
        known.add((pk?.S ?? "").slice(recordKey(provider, "").length));
      }
      const unread = (answer.UnprocessedKeys?.[this.table]?.Keys ?? []) as typeof keys;
      keys = [...keys.slice(BATCH_GET_KEYS), ...unread];
    }
    return known;
  }

  /** About how large the table is; DynamoDB counts every six hours. */
  async size(): Promise<{ readonly items: number; readonly bytes: number }> {
    const { Table } = await this.dynamodb.send(new DescribeTableCommand({ TableName: this.table }));
    return { items: Number(Table?.ItemCount ?? 0), bytes: Number(Table?.TableSizeBytes ?? 0) };
  }

  /**
   * Scans the whole table, since its only key is provider and id.
   * @param run records that this run made for webhooks without one match whatever their status is
   */
  async *select(filter: RecordFilter, run: string, signal: AbortSignal): AsyncGenerator<RecordedWebhook> {
    const names: Record<string, string> = { "#status": "status" };
    const values: Record<string, AttributeValue> = { ":firstOfRun": { S: `1:${run}` } };
    const statuses = filter.statuses.map((status, index) => {
      values[`:status${index}`] = { S: status };
      return `:status${index}`;
    });
    const conditions = [`(#status IN (${statuses.join(", ")}) OR contains(replays, :firstOfRun))`];
    const compare = (field: string, operator: string, value: string | undefined) => {
      if (value === undefined) return;
      const placeholder = `:v${conditions.length}`;
      names[`#${field}`] = field;
      values[placeholder] = { S: value };
      conditions.push(`#${field} ${operator} ${placeholder}`);
    };
    compare("provider", "=", filter.provider);
    compare("type", "=", filter.type);
    compare("receivedAt", ">=", filter.since);
    compare("receivedAt", "<", filter.until);
    const pages = paginateScan(
      { client: this.dynamodb },
      {
        TableName: this.table,
        FilterExpression: conditions.join(" AND "),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      signal.throwIfAborted();
      yield* Items.map(webhookIn);
    }
  }

  /** @see ReplayPorts.records */
  async claim(webhook: StoredWebhook, run: string): Promise<Claim> {
    const key = recordKey(webhook.provider, keyOf(webhook));
    for (let tries = 0; tries < CLAIM_TRIES; tries += 1) {
      const item = await this.#get(key);
      const before = stateOf(item);
      const claim = claimFor(before, run);
      if (claim.state !== "new") return claim;
      if (await this.#take(key, webhook, claim.replay, run, item)) return claim;
    }
    throw new Error("other commands replay this webhook at the same time");
  }

  /** False where another command was faster. */
  async #take(
    key: string,
    webhook: StoredWebhook,
    number: number,
    run: string,
    item: Item | undefined,
  ): Promise<boolean> {
    // A record that expired would forget the claim while the message can still be waiting in the queue.
    const leastExpiry = Math.floor(Date.now() / 1_000) + MAX_RETENTION_SECONDS;
    const lastReplay = item?.["lastReplay"];
    const fields: Record<string, AttributeValue> = {
      status: { S: "received" },
      provider: { S: webhook.provider },
      eventId: { S: webhook.id },
      type: { S: webhook.type },
      receivedAt: { S: webhook.receivedAt },
      s3Key: { S: webhook.s3Key },
      size: { N: String(webhook.size) },
      contentType: { S: webhook.contentType },
      group: { S: webhook.group },
      replay: { N: "0" },
      recent: { S: recentPartition(webhook.receivedAt, shardOf(key)) },
      ...(webhook.time !== undefined && { time: { S: webhook.time } }),
    };
    const keep = Object.keys(fields).map((field) => `#${field} = if_not_exists(#${field}, :${field})`);
    try {
      await this.dynamodb.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: { pk: { S: key } },
          // Its failures belong to what was tried before: a replay has its own tries.
          UpdateExpression: `SET ${keep.join(", ")}, lastReplay = :number, expiresAt = :expiresAt ADD replays :claim REMOVE failures`,
          ConditionExpression: lastReplay ? "lastReplay = :lastReplay" : "attribute_not_exists(lastReplay)",
          ExpressionAttributeNames: Object.fromEntries(
            Object.keys(fields).map((field) => [`#${field}`, field]),
          ),
          ExpressionAttributeValues: {
            ...Object.fromEntries(Object.entries(fields).map(([field, value]) => [`:${field}`, value])),
            ":number": { N: String(number) },
            ":claim": { SS: [`${number}:${run}`] },
            ":expiresAt": { N: String(Math.max(leastExpiry, Number(item?.["expiresAt"]?.N ?? 0))) },
            ...(lastReplay && { ":lastReplay": lastReplay }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async #get(key: string): Promise<Item | undefined> {
    const { Item } = await this.dynamodb.send(
      new GetItemCommand({ TableName: this.table, Key: { pk: { S: key } }, ConsistentRead: true }),
    );
    return Item;
  }
}

function stateOf(item: Item | undefined): ReplayState {
  return {
    replay: Number(item?.["replay"]?.N ?? 0),
    lastReplay: Number(item?.["lastReplay"]?.N ?? 0),
    replays: item?.["replays"]?.SS ?? [],
  };
}

function webhookIn(item: Item): RecordedWebhook {
  const text = (field: string) => item[field]?.S ?? "";
  const provider = text("provider");
  const id = text("eventId");
  const key = text("pk").slice(recordKey(provider, "").length);
  return {
    provider,
    id,
    ...(key !== id && { key }),
    type: text("type"),
    ...(item["time"]?.S !== undefined && { time: item["time"].S }),
    contentType: text("contentType"),
    size: Number(item["size"]?.N ?? 0),
    s3Key: text("s3Key"),
    ...(item["group"]?.S !== undefined && { group: item["group"].S }),
    receivedAt: text("receivedAt"),
    status: text("status") as Status,
    state: stateOf(item),
  };
}
