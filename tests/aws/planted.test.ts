import { CreateTableCommand, DynamoDBClient, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { startEmulator, type Emulator } from "../../local/emulator";
import { startDynamoDbWitness } from "../support/dynamodb-witness";
import { startDashjoin } from "../support/java/java";
import { item, witnesses, workflowIn } from "../support/workflow";

/* Faults that the emulator takes: the witnesses in Java report each. */

jest.setTimeout(60_000);

let emulator: Emulator;
let dynamodb: Awaited<ReturnType<typeof startDynamoDbWitness>>;
let dashjoin: Awaited<ReturnType<typeof startDashjoin>>;
beforeAll(async () => {
  [emulator, dynamodb, dashjoin] = await Promise.all([
    startEmulator(),
    startDynamoDbWitness(),
    startDashjoin(),
  ]);
}, 120_000);
afterAll(() => Promise.all([emulator?.stop(), dynamodb?.stop(), dashjoin?.stop()]));

test("a transaction whose update sets one attribute twice", async () => {
  const own = new DynamoDBClient(emulator.client);
  const TableName = "planted";
  for (const table of [own, dynamodb.client])
    await table.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      }),
    );
  const transaction = (UpdateExpression: string) => ({
    TransactItems: [
      {
        Update: {
          TableName,
          Key: { pk: { S: "acme#1" } },
          UpdateExpression,
          ExpressionAttributeValues: { ":one": { S: "1" }, ":two": { S: "2" } },
        },
      },
    ],
  });
  const differencesAfter = async (UpdateExpression: string) => {
    const input = transaction(UpdateExpression);
    await own.send(new TransactWriteItemsCommand(input));
    await dynamodb.ask("TransactWriteItems", input, { output: {} });
    return dynamodb.differences();
  };
  expect(await differencesAfter("SET one = :one, two = :two")).toEqual([]);
  expect(await differencesAfter("SET one = :one, one = :two")).toEqual([
    expect.stringContaining('"local":{"error":"ValidationException"}'),
  ]);
});

test("a transform that calls itself deeper than Step Functions goes", async () => {
  const sum = (depth: number) => `($sum := function($n) { $n = 0 ? 0 : $n + $sum($n - 1) }; $sum(${depth}))`;
  const run = async (depth: number) =>
    (await workflowIn(emulator, [{ name: "acme", transform: sum(depth) }])).run(item({ id: "1" }));
  expect(await run(90)).toMatchObject([{ status: "published" }]);
  witnesses.engines.push(dashjoin.engine);
  expect(await run(3)).toMatchObject([{ status: "published" }]);
  // There the expression fails, and the execution takes the way of failures, which the emulator's did not.
  await expect(run(90)).rejects.toThrow("did not run the task of LookUpRecordsAgain once more");
});
