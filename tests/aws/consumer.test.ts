import { startDynamoDbWitness } from "../support/dynamodb-witness";
import { specifyOnceOnDynamoDb } from "../support/aws/once-on-dynamodb";

/* AWS's own DynamoDB: that the emulator cancels transactions as it does is no proof. */

jest.setTimeout(60_000);

let witness: Awaited<ReturnType<typeof startDynamoDbWitness>>;
beforeAll(async () => {
  witness = await startDynamoDbWitness();
}, 120_000);
afterAll(() => witness?.stop());

specifyOnceOnDynamoDb(() => witness.client);
