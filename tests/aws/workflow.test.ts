import { startDynamoDbWitness } from "../support/dynamodb-witness";
import { startDashjoin } from "../support/java/java";
import { witnesses } from "../support/workflow";

/* The workflow's own tests once more, with witnesses in Java beside the emulator: every execution must come to the same. */

let dynamodb: Awaited<ReturnType<typeof startDynamoDbWitness>>;
let dashjoin: Awaited<ReturnType<typeof startDashjoin>>;
beforeAll(async () => {
  [dynamodb, dashjoin] = await Promise.all([startDynamoDbWitness(), startDashjoin()]);
  witnesses.engines.push(dashjoin.engine);
  witnesses.tables.push(dynamodb.client);
  witnesses.onTasks.push(dynamodb.tasks);
}, 120_000);
afterAll(() => Promise.all([dynamodb?.stop(), dashjoin?.stop()]));

// Its tests are registered here, behind the hook above.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would come before the hook
for (const file of ["workflow", "workflow-consumers"]) require(`../stack/${file}.test`);

test("AWS's own DynamoDB answered all of it as the emulator did", () => {
  expect(dynamodb.differences()).toEqual([]);
  expect(dynamodb.asked.length).toBeGreaterThan(50);
});
