import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import { randomUUID } from "node:crypto";
import { dynamodb, once, type WebhookEvent } from "../../../consumer";
import { webhookEvent } from "../webhook-event";

const TABLE = "shop";
const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);

/** Tests `once` with a table of DynamoDB, for the emulator and for AWS's own code. */
export function specifyOnceOnDynamoDb(client: () => DynamoDBClient): void {
  beforeAll(() =>
    client().send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      }),
    ),
  );

  const anEvent = () => webhookEvent({ id: `evt_${randomUUID()}` });
  const account = ({ id }: WebhookEvent) => ({ pk: { S: `account ${id}` } });

  /** Adds one to the account that the event is about. */
  const payment = (event: WebhookEvent): TransactWriteItem => ({
    Update: {
      TableName: TABLE,
      Key: account(event),
      UpdateExpression: "ADD paid :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
    },
  });

  const pay = (event: WebhookEvent, now = NOW, also: readonly TransactWriteItem[] = []) =>
    once(dynamodb(client(), { table: TABLE, ttlDays: 90, now: () => now }), event, async (write) => {
      for (const one of [payment(event), ...also]) write(one);
      return Promise.resolve();
    });

  async function paid(event: WebhookEvent): Promise<number> {
    const { Item } = await client().send(
      new GetItemCommand({ TableName: TABLE, Key: account(event), ConsistentRead: true }),
    );
    return Number(Item?.["paid"]?.N ?? 0);
  }

  test("an event is done once", async () => {
    const event = anEvent();
    expect([await pay(event), await pay(event)]).toEqual(["done", "duplicate"]);
    expect(await paid(event)).toBe(1);
  });

  test("a replay of it is done again, and once", async () => {
    const event = anEvent();
    const replay = { ...event, replay: 1 };
    expect([await pay(event), await pay(replay), await pay(replay)]).toEqual(["done", "done", "duplicate"]);
    expect(await paid(event)).toBe(2);
  });

  test("twenty at once have one effect", async () => {
    const event = anEvent();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => pay(event)));
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(await paid(event)).toBe(1);
  });

  test("an effect that throws leaves no mark", async () => {
    const event = anEvent();
    const failing = once(dynamodb(client(), { table: TABLE, ttlDays: 90 }), event, () =>
      Promise.reject(new Error("no")),
    );
    await expect(failing).rejects.toThrow("no");
    expect(await pay(event)).toBe("done");
  });

  test("a condition of the effect's own that does not hold is no duplicate: it fails and leaves no mark", async () => {
    const event = anEvent();
    const taken = { pk: { S: `taken ${event.id}` } };
    await client().send(new PutItemCommand({ TableName: TABLE, Item: taken }));
    const untaken: TransactWriteItem = {
      Put: { TableName: TABLE, Item: taken, ConditionExpression: "attribute_not_exists(pk)" },
    };
    await expect(pay(event, NOW, [untaken])).rejects.toMatchObject({ name: "TransactionCanceledException" });
    expect(await paid(event)).toBe(0);
    expect(await pay(event)).toBe("done");
  });

  test("an event is forgotten after ttlDays, also where DynamoDB has not removed it yet", async () => {
    const event = anEvent();
    await pay(event);
    expect(await pay(event, NOW + 90 * DAY_MS)).toBe("duplicate");
    expect(await pay(event, NOW + 90 * DAY_MS + 1000)).toBe("done");
  });
}
