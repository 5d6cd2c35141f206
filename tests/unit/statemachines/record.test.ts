import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import jsonata from "jsonata";
import { recentPartition, shardOf, unresolvedPartition } from "../../../functions/adapters/indexes";
import { fromItem, toItem, toValues, type Item } from "../../../functions/adapters/record-item";
import type { StoredGroup, StoredRecord } from "../../../functions/domain/record";
import { renderWorkflow } from "../../../statemachines/render";

/*
 * The workflow reads and writes records by expressions that no compiler checks. They are held to the typed record here:
 * what they write is decoded by its mapping, and what they read is encoded by it.
 */

interface LookUp {
  readonly Arguments: {
    readonly RequestItems: Readonly<Record<string, { readonly ProjectionExpression: string }>>;
  };
  readonly Assign: { readonly records: string; readonly newest: string };
}

const TABLE = "webhooks";
const { States } = JSON.parse(
  renderWorkflow({
    tableName: TABLE,
    busName: "b",
    bucketName: "k",
    recordRetentionDays: 1,
    providers: [{ name: "acme" }],
  }),
) as {
  readonly States: {
    readonly RecordStatuses: { readonly Arguments: { readonly TransactItems: string } };
    readonly UpdateRecords: { readonly Arguments: { readonly Statements: string } };
    readonly LookUpRecords: LookUp;
    readonly LookUpRecordsAgain: LookUp;
  };
};

const evaluate = (expression: string, variables: Readonly<Record<string, unknown>>): Promise<unknown> =>
  jsonata(expression.replace(/^\{%|%\}$/g, "")).evaluate({}, variables);

const key = "acme#evt_1";
const webhook = {
  key,
  shard: shardOf(key),
  provider: "acme",
  group: "acme:a",
  id: "evt_1",
  type: "a.b",
  receivedAt: "2026-01-02T23:59:59.999Z",
  orderTime: "2026-01-02T00:00:00Z",
  s3Key: "raw/acme/evt_1/x",
  size: 2,
  contentType: "application/json",
  replay: 1,
};

interface Update {
  readonly Key: Item;
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Item;
}

const variables = (outcome: Readonly<Record<string, unknown>>, newest: string) => ({
  webhooks: [webhook],
  outcomes: [outcome],
  newest,
  states: { context: { Execution: { Id: "arn:execution" } } },
});

/** The updates of an execution in which the webhook has this outcome. */
async function updates(outcome: Readonly<Record<string, unknown>>, newest = ""): Promise<readonly Update[]> {
  const items = (await evaluate(
    States.RecordStatuses.Arguments.TransactItems,
    variables(outcome, newest),
  )) as readonly { readonly Update: Update }[];
  return items.map((item) => item.Update);
}

/** What an update leaves where nothing was, and the attributes that it removes. */
function effect({
  Key,
  UpdateExpression,
  ExpressionAttributeNames: names = {},
  ExpressionAttributeValues,
}: Update) {
  const [written = "", removed = ""] = UpdateExpression.split(" REMOVE ");
  const nameOf = (placeholder: string) => names[placeholder] ?? placeholder;
  const set = [...written.matchAll(/([#\w]+)(?: = (?:if_not_exists\([#\w]+, )?| )(:\w+)/g)].map(
    ([, name = "", value = ""]): [string, AttributeValue | undefined] => [
      nameOf(name),
      ExpressionAttributeValues[value],
    ],
  );
  return {
    record: fromItem({ ...Key, ...(Object.fromEntries(set) as Item) }),
    removed: removed.split(", ").filter(Boolean).map(nameOf),
  };
}

const anyString = expect.any(String) as string;
const anyNumber = expect.any(Number) as number;

const always = {
  pk: key,
  provider: "acme",
  eventId: "evt_1",
  type: "a.b",
  receivedAt: webhook.receivedAt,
  recent: recentPartition(webhook.receivedAt, shardOf(key)),
  s3Key: webhook.s3Key,
  size: 2,
  contentType: "application/json",
  replay: 1,
  executionArn: "arn:execution",
  expiresAt: anyNumber,
} satisfies Partial<StoredRecord>;

describe("a record that the workflow makes is one by its type", () => {
  test.each(["published", "filtered"] as const)("of a webhook that is %s", async (status) => {
    const [update] = await updates({ status }, "9999");
    const expected: Partial<StoredRecord> = { ...always, status, publishedAt: anyString, doneReplay: 1 };
    const removed: (keyof StoredRecord)[] = ["error", "unresolved", "undelivered"];
    expect(effect(update as Update)).toEqual({ record: expected, removed });
  });

  test("the short update of one that the claim made says the same, but for what the claim wrote", async () => {
    const [update] = await updates({ status: "published" }, "9999");
    const { record, removed } = effect(update as Update);
    const [statement] = (await evaluate(States.UpdateRecords.Arguments.Statements, {
      ...variables({ status: "published" }, "9999"),
    })) as readonly { Statement: string; Parameters: readonly AttributeValue[] }[];
    const { Statement = "", Parameters = [] } = statement ?? {};
    expect([...Statement.matchAll(/REMOVE "?(\w+)/g)].map(([, name]) => name)).toEqual(removed);
    const names = [...Statement.matchAll(/(?:SET "|WHERE )(\w+)/g)].map(([, name = ""]) => name);
    const short = fromItem(Object.fromEntries(names.map((name, index) => [name, Parameters[index]])) as Item);
    const { receivedAt, recent, s3Key, size } = always;
    expect({ ...short, receivedAt, recent, s3Key, size }).toEqual({
      ...record,
      publishedAt: anyString,
      expiresAt: anyNumber,
    });
  });

  test.each([
    ["by itself", false, 1],
    ["with a service, which does not count", true, 0],
  ])("of a webhook that failed %s", async (_, transient, failures) => {
    const error = { code: "E", message: "no" };
    const [update] = await updates({ status: "failed", transient, error });
    const expected: Partial<StoredRecord> = {
      ...always,
      status: "failed",
      failedAt: anyString,
      error,
      failures,
      unresolved: unresolvedPartition("failed", shardOf(key)),
    };
    expect(effect(update as Update)).toEqual({ record: expected, removed: [] });
  });

  test("of the group", async () => {
    const [, update] = await updates({ status: "published" });
    const expected: StoredGroup = {
      pk: "_group#acme:a",
      newest: webhook.orderTime,
      expiresAt: anyNumber,
    };
    expect(effect(update as Update)).toEqual({ record: expected, removed: [] });
  });
});

describe.each(["LookUpRecords", "LookUpRecordsAgain"] as const)("%s reads of the table", (state) => {
  const { Arguments, Assign } = States[state];
  const names = Arguments.RequestItems[TABLE]?.ProjectionExpression.split(", ") ?? [];

  /** What the state makes of items, as far as its call asks for them. */
  const read = (expression: string, item: Item) => {
    const projected = Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
    const states = { result: { Responses: { [TABLE]: [projected] } }, input: { webhooks: [webhook] } };
    return evaluate(expression, { states, webhooks: [webhook] });
  };

  test("how often a webhook has failed, and which of its replays is done", async () => {
    const expiresAt = Math.floor(Date.now() / 1000) + 60;
    const item = toItem({ pk: key, doneReplay: 3, failures: 2, expiresAt });
    expect(await read(Assign.records, item)).toEqual({
      [key]: { doneReplay: 3, doneOnly: -1, failures: 2, live: true },
    });
  });

  test("whether its record has expired", async () => {
    const item = toItem({ pk: key, expiresAt: Math.floor(Date.now() / 1000) - 60 });
    expect(await read(Assign.records, item)).toEqual({
      [key]: { doneReplay: -1, doneOnly: -1, failures: 0, live: false },
    });
  });

  test("how far its group has come", async () => {
    const group: StoredGroup = { pk: "_group#acme:a", newest: "2026-01-02T00:00:00Z", expiresAt: 0 };
    expect(await read(Assign.newest, toValues(group))).toBe(group.newest);
  });
});
