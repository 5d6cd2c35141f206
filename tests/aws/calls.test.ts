import { onRun } from "../support/aws/observed-inbox";
import { startDynamoDbWitness } from "../support/dynamodb-witness";

/* The recorded run once more, with AWS's own DynamoDB asked what functions, command line, console and workflow asked. */

let dynamodb: Awaited<ReturnType<typeof startDynamoDbWitness>>;
beforeAll(async () => {
  dynamodb = await startDynamoDbWitness();
  onRun.push(dynamodb.run);
}, 120_000);
afterAll(() => dynamodb?.stop());

// Its tests are registered here, behind the hook above.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would come before the hook
require("./recorded-run");

test("AWS's own DynamoDB answered all of it as the emulator did", () => {
  expect(dynamodb.differences()).toEqual([]);
  expect(new Set(dynamodb.asked.map(({ operation }) => operation))).toEqual(
    new Set([
      "BatchExecuteStatement",
      "BatchGetItem",
      "DeleteItem",
      "GetItem",
      "PutItem",
      "Query",
      "Scan",
      "TransactWriteItems",
      "UpdateItem",
    ]),
  );
});
