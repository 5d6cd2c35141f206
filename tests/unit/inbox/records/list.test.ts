import {
  BatchGetItemCommand,
  DynamoDBClient,
  QueryCommand,
  ScanCommand,
  type BatchGetItemCommandInput,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { listWebhooks, type ListQuery } from "../../../../inbox/records/list";
import { inboxAt } from "../../../../inbox/connect";
import type { Outputs } from "../../../../inbox/outputs";
import { fromItem, toItem } from "../../../../functions/adapters/record-item";
import type { Status, StoredRecord } from "../../../../functions/domain/record";
import { recentPartition, shardOf, unresolvedPartition } from "../../../../functions/adapters/indexes";

const inbox = inboxAt({ dynamodb_table_name: "webhooks" } as Outputs, { region: "us-east-1" });
const dynamodb = mockClient(DynamoDBClient);

const DAY = 86_400_000;
const NOW = Date.parse("2026-01-10T12:00:00.000Z");
const table = new Map<string, Partial<StoredRecord>>();
let reads = 0;

/** Items of the table by index and partition, sorted, as DynamoDB keeps them. */
let partitions: Map<string, Partial<StoredRecord>[]> | undefined;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  table.clear();
  reads = 0;
  dynamodb.reset();
  dynamodb.on(QueryCommand).callsFake(query);
  dynamodb.on(BatchGetItemCommand).callsFake(({ RequestItems }: BatchGetItemCommandInput) => {
    const keys = RequestItems?.["webhooks"]?.Keys?.map(fromItem) ?? [];
    const found = keys.flatMap(({ pk = "" }) => table.get(pk) ?? []);
    return { Responses: { webhooks: found.map(toItem) } };
  });
});
afterEach(() => jest.useRealTimers());

function query({ IndexName = "", ExpressionAttributeValues = {}, Limit = Infinity }: QueryCommandInput) {
  partitions ??= partitioned();
  const values = fromItem(ExpressionAttributeValues) as { ":partition"?: string; ":before"?: string };
  const { ":before": before = "9999", ":partition": name } = values;
  const partition = partitions.get(`${IndexName} ${name}`) ?? [];
  const found = partition.filter(({ receivedAt = "" }) => receivedAt <= before);
  const Items = found.slice(0, Limit).map(toItem);
  reads += Items.length;
  return { Items, ...(found.length > Items.length && { LastEvaluatedKey: Items.at(-1) }) };
}

function partitioned() {
  const made = new Map<string, Partial<StoredRecord>[]>();
  const newestFirst = [...table.values()].sort((a, b) =>
    (a.receivedAt ?? "") < (b.receivedAt ?? "") ? 1 : -1,
  );
  for (const record of newestFirst) {
    for (const index of ["recent", "unresolved"] as const) {
      const name = `${index} ${record[index]}`;
      const partition = made.get(name);
      if (partition) partition.push(record);
      else made.set(name, [record]);
    }
  }
  return made;
}

function store(id: string, at: number, over: { provider?: string; type?: string; status?: Status } = {}) {
  const { provider = "stripe", type = "invoice.paid", status = "published" } = over;
  const pk = `${provider}#${id}`;
  const receivedAt = new Date(at).toISOString();
  partitions = undefined;
  table.set(pk, {
    pk,
    type,
    status,
    receivedAt,
    recent: recentPartition(receivedAt, shardOf(pk)),
    ...((status === "failed" || status === "dead_lettered") && {
      unresolved: unresolvedPartition(status, shardOf(pk)),
    }),
  });
}

async function all(query: Partial<ListQuery>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listWebhooks(inbox, {
      since: new Date(NOW - 30 * DAY).toISOString(),
      limit: 7,
      ...query,
      ...(cursor !== undefined && { cursor }),
    });
    ids.push(...page.rows.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== undefined);
  return ids;
}

describe("the list", () => {
  test("gives every webhook once, newest first, page by page and day by day", async () => {
    const expected = Array.from({ length: 200 }, (_, index) => `evt_${index}`);
    expected.forEach((id, index) => store(id, NOW - index * 3_600_000));
    expect(await all({})).toEqual(expected);
  });

  test("loses none of those that arrived within one millisecond", async () => {
    const ids = Array.from({ length: 150 }, (_, index) => `evt_${index}`);
    ids.forEach((id) => store(id, NOW));
    expect((await all({})).sort()).toEqual(ids.sort());
  });

  test("filters by provider, status, type and text", async () => {
    store("a", NOW - 1, { provider: "github", type: "push" });
    store("b", NOW - 2, { provider: "stripe", type: "charge.refunded" });
    store("c", NOW - 3, { provider: "stripe", status: "filtered" });
    expect(await all({ provider: "github" })).toEqual(["a"]);
    expect(await all({ status: "filtered" })).toEqual(["c"]);
    expect(await all({ type: "REFUND" })).toEqual(["b"]);
    expect(await all({ text: "c" })).toEqual(["b", "c"]);
  });

  test("goes no further back than asked", async () => {
    store("new", NOW - DAY);
    store("old", NOW - 3 * DAY);
    expect(await all({ since: new Date(NOW - 2 * DAY).toISOString() })).toEqual(["new"]);
  });

  test("finds a failed one among thousands without reading them, and never scans", async () => {
    for (let index = 0; index < 5_000; index += 1) store(`evt_${index}`, NOW - index);
    store("poison", NOW - DAY, { status: "dead_lettered" });
    expect(await all({ status: "dead_lettered" })).toEqual(["poison"]);
    expect(reads).toBe(1);
    expect(dynamodb.commandCalls(ScanCommand)).toHaveLength(0);
  });

  test("reads a little more than it shows, whatever the table holds", async () => {
    for (let index = 0; index < 5_000; index += 1) store(`evt_${index}`, NOW - index);
    const { rows } = await listWebhooks(inbox, { since: new Date(NOW - DAY).toISOString() });
    expect(rows).toHaveLength(50);
    expect(reads).toBeLessThan(600);
  });

  test("stops where a rare filter would read for long, and goes on from there", async () => {
    for (let index = 0; index < 8_000; index += 1) store(`evt_${index}`, NOW - index);
    store("rare", NOW - DAY, { type: "rare.one" });
    const first = await listWebhooks(inbox, { since: new Date(NOW - 2 * DAY).toISOString(), type: "rare" });
    expect(first.rows).toEqual([]);
    expect(first.next).toBeDefined();
    expect(await all({ type: "rare", limit: 50 })).toEqual(["rare"]);
  });

  test.each(["", "nonsense", Buffer.from("[1]").toString("base64url")])(
    "takes no cursor that is not its own: %j",
    async (cursor) => {
      await expect(listWebhooks(inbox, { since: new Date(NOW).toISOString(), cursor })).rejects.toThrow(
        RangeError,
      );
    },
  );
});

test("a year without a match is read a month for each page, and the pages go on to its end", async () => {
  store("old", NOW - 200 * DAY, { type: "rare.type" });
  const query = { type: "rare", since: new Date(NOW - 365 * DAY).toISOString() };
  const found: string[] = [];
  let cursor: string | undefined;
  for (let pages = 1; pages <= 13; pages += 1) {
    const before = dynamodb.commandCalls(QueryCommand).length;
    const page = await listWebhooks(inbox, { ...query, ...(cursor !== undefined && { cursor }) });
    expect(dynamodb.commandCalls(QueryCommand).length - before).toBeLessThanOrEqual(33 * 16);
    found.push(...page.rows.map(({ id }) => id));
    cursor = page.next;
    if (cursor === undefined) break;
  }
  expect([found, cursor]).toEqual([["old"], undefined]);
});
