import {
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { dynamodb, once } from "../../../consumer";
import { webhookEvent } from "../../support/webhook-event";

/* Neither the emulator nor DynamoDB Local reports a conflict; the rest is in tests/stack and tests/aws. */

const client = mockClient(DynamoDBClient);
beforeEach(() => {
  client.reset();
  // No pause between two attempts.
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => jest.restoreAllMocks());

const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({
    message: "Transaction cancelled",
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

const run = () => {
  const store = dynamodb(client as unknown as DynamoDBClient, { table: "shop", ttlDays: 90 });
  return once(store, webhookEvent(), (write) => {
    write({ Delete: { TableName: "shop", Key: {} } });
    return Promise.resolve();
  });
};
const sent = () => client.commandCalls(TransactWriteItemsCommand).length;

test.each([[["TransactionConflict", "None"]], [["None", "TransactionConflict"]]])(
  "a transaction that conflicts with another one is sent again: %s",
  async (codes) => {
    client
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled(...codes))
      .resolves({});
    expect(await run()).toBe("done");
    expect(sent()).toBe(2);
  },
);

test("a conflict with the first one of the same event ends as a duplicate", async () => {
  client
    .on(TransactWriteItemsCommand)
    .rejectsOnce(cancelled("TransactionConflict", "None"))
    .rejects(cancelled("ConditionalCheckFailed", "None"));
  expect(await run()).toBe("duplicate");
});

test("a conflict that does not end fails", async () => {
  client.on(TransactWriteItemsCommand).rejects(cancelled("TransactionConflict", "None"));
  await expect(run()).rejects.toThrow("Transaction cancelled");
  expect(sent()).toBe(8);
});

test("any other failure is not tried again here: the SDK does that", async () => {
  client.on(TransactWriteItemsCommand).rejects(cancelled("None", "ThrottlingError"));
  await expect(run()).rejects.toThrow("Transaction cancelled");
  expect(sent()).toBe(1);
});
