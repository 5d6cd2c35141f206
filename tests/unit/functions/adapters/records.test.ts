import {
  ConditionalCheckFailedException,
  DynamoDB,
  DynamoDBClient,
  TransactionConflictException,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { recentPartition, SHARDS, shardOf } from "../../../../functions/adapters/indexes";
import {
  createRecordStore,
  createFailureStore,
  createRedriveStore,
} from "../../../../functions/adapters/records";
import { fromItem, toItem } from "../../../../functions/adapters/record-item";
import type { StoredRecord } from "../../../../functions/domain/record";
import type { Webhook } from "../../../../functions/domain/webhook";
import { aWebhook } from "../../../support/a-webhook";

const dynamodb = mockClient(DynamoDBClient);
const client = new DynamoDB({ region: "us-east-1" });
beforeEach(() => dynamodb.reset());

const webhook = aWebhook("a");
const valuesOf = () =>
  fromItem(dynamodb.commandCalls(UpdateItemCommand)[0]?.args[0].input.ExpressionAttributeValues) as Readonly<
    Record<string, unknown>
  >;

test("a claim puts the webhook among the recent ones of its day, in UTC", async () => {
  dynamodb.on(UpdateItemCommand).resolves({});
  const receivedAt = Date.parse("2026-01-02T23:59:59.999Z");
  await createRecordStore("t", client, 90).claim({ key: "acme#a", webhook, group: "acme", receivedAt });
  expect(valuesOf()[":recent"]).toEqual(`2026-01-02#${shardOf("acme#a")}`);
});

describe("a webhook that the provider's API gave", () => {
  const receivedAt = Date.parse("2026-01-02T03:04:05Z");
  const claim = (claimed: Webhook) =>
    createRecordStore("t", client, 90).claim({ key: "acme#a", webhook: claimed, group: "acme", receivedAt });
  const expired = () => {
    const failed = new ConditionalCheckFailedException({ message: "no", $metadata: {} });
    dynamodb.on(UpdateItemCommand).rejectsOnce(failed).resolves({});
  };
  const replacement = () => dynamodb.commandCalls(UpdateItemCommand)[1]?.args[0].input.UpdateExpression;

  test("is recorded as that", async () => {
    dynamodb.on(UpdateItemCommand).resolves({});
    await claim({ ...webhook, receivedVia: "reconciliation" });
    expect(valuesOf()[":receivedVia"]).toBe("reconciliation");
  });

  test("leaves no mark on the record that a later request replaces once it has expired", async () => {
    expired();
    await claim(webhook);
    expect(replacement()).toMatch(/REMOVE .*, receivedVia$/);
  });

  test("keeps its own mark when it replaces one, since DynamoDB takes no attribute twice", async () => {
    expired();
    await claim({ ...webhook, receivedVia: "reconciliation" });
    expect(replacement()).toMatch(/#receivedVia = :receivedVia/);
    expect(replacement()).not.toMatch(/REMOVE .*receivedVia/);
  });
});

const failure = { error: { code: "E", message: "no" }, attempts: 3 };
const { recordFailure, recordDeadLettered } = createFailureStore("t", client);

test.each([
  ["failed", () => recordFailure(webhook, failure, false)],
  ["dead_lettered", () => recordDeadLettered(webhook, failure)],
])("one that is %s is put among the unresolved ones", async (status, record) => {
  dynamodb.on(UpdateItemCommand).resolves({});
  await record();
  expect(valuesOf()[":unresolved"]).toEqual(`${status}#${shardOf("acme#a")}`);
});

test("ten thousand webhooks a second stay below the thousand writes a second that one partition takes", () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 10_000; index += 1) {
    const partition = recentPartition("2026-01-02T00:00:00.000Z", shardOf(`stripe#evt_${index}`));
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }
  expect(counts.size).toBe(SHARDS.length);
  expect(Math.max(...counts.values())).toBeLessThan(1_000);
});

describe("an update that meets a transaction of the workflow", () => {
  const conflict = new TransactionConflictException({ message: "in conflict", $metadata: {} });
  const claim = () => {
    const receivedAt = Date.parse("2026-01-02T03:04:05Z");
    return createRecordStore("t", client, 90).claim({ key: "acme#a", webhook, group: "acme", receivedAt });
  };

  test("is tried again, so that a duplicate gets its 200", async () => {
    dynamodb
      .on(UpdateItemCommand)
      .rejectsOnce(conflict)
      .rejectsOnce(conflict)
      .resolves({ Attributes: toItem({ pk: "acme#a" }) });
    expect(await claim()).toBe("duplicate");
    expect(dynamodb.commandCalls(UpdateItemCommand)).toHaveLength(3);
  });

  test("fails if the conflict does not end", async () => {
    dynamodb.on(UpdateItemCommand).rejects(conflict);
    await expect(claim()).rejects.toThrow("DynamoDB UpdateItem failed: TransactionConflictException");
    expect(dynamodb.commandCalls(UpdateItemCommand)).toHaveLength(5);
  });

  test("is tried again for a failure that is recorded, too", async () => {
    dynamodb
      .on(UpdateItemCommand)
      .rejectsOnce(conflict)
      .resolves({ Attributes: toItem({ failures: 2 }) });
    const failure = { error: { code: "E", message: "no" } };
    expect(await createFailureStore("t", client).recordFailure(webhook, failure, false)).toBe(2);
  });
});

describe("a redrive that the recovery notes on the record", () => {
  test.each<[string, Partial<StoredRecord> | undefined, string]>([
    ["was noted before a crash", { redrivenDeadLetter: "m-1", status: "dead_lettered" }, "noted"],
    ["is gone, since it has expired", undefined, "noted"],
    ["is through", { doneReplay: 0, status: "published" }, "through"],
    ["is through with a later replay", { doneReplay: 2, failures: 1 }, "through"],
    ["has failed by itself", { failures: 1, status: "failed" }, "failed"],
  ])("is distinguished from one whose record %s", async (_, record, expected) => {
    const rejection = new ConditionalCheckFailedException({
      message: "",
      $metadata: {},
      ...(record && { Item: toItem(record) }),
    });
    mockClient(DynamoDBClient).on(UpdateItemCommand).rejects(rejection);
    const webhook = { provider: "acme", id: "a", replay: 0 } as Webhook;
    expect(await createRedriveStore("table", new DynamoDB({})).noteRedrive(webhook, "m-1")).toBe(expected);
  });
});
