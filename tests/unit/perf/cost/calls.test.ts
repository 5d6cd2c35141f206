import { recordFunctions, type FunctionUsage } from "../../../../perf/cost/functions";

/*
 * What a webhook costs on AWS is decided by these numbers. Anyone who adds a call here adds dollars per million webhooks:
 * `npm run cost` says how many.
 */
describe("AWS calls of a new webhook of 5 KB", () => {
  let usage: FunctionUsage;
  beforeAll(async () => {
    [usage] = (await recordFunctions([10])) as [FunctionUsage];
  });

  const counted = (calls: FunctionUsage["ingest"]["calls"]) => {
    const counts: Record<string, number> = {};
    for (const { service, operation } of calls) {
      const name = `${service}.${operation}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  };

  test("the ingestion function makes three, one to each store and one to the queue", () => {
    expect(counted(usage.ingest.calls)).toEqual({
      "S3.PutObject": 10,
      "DynamoDB.UpdateItem": 10,
      "SQS.SendMessage": 10,
    });
  });

  test("the processing function makes one for a batch of ten of a group, after it has read who is paused", () => {
    expect(counted(usage.process.calls)).toEqual({
      "DynamoDB.GetItem": 1,
      "StepFunctions.StartSyncExecution": 1,
    });
  });

  test("a message is billed as one request of 64 KB", () => {
    for (const { operation, body } of usage.ingest.calls)
      if (operation === "SendMessage") expect(body.length).toBeLessThan(64 * 1024);
  });

  test("both write less than 700 bytes of log per webhook, its metrics in it, and a batch no more than its webhooks", () => {
    expect(usage.ingest.logBytes / usage.webhooks).toBeLessThan(700);
    expect(usage.process.logBytes / usage.webhooks).toBeLessThan(700);
  });
});

test("calls of the workflow: one read, one publish and one write for a batch; a transaction where that fails, a second read where an expression failed", async () => {
  const { renderWorkflow } = await import("../../../../statemachines/render");
  const definition = renderWorkflow({
    tableName: "t",
    busName: "b",
    bucketName: "r",
    recordRetentionDays: 90,
    providers: [],
  });
  expect([...definition.matchAll(/"Resource":"([^"]+)"/g)].map(([, resource]) => resource)).toEqual([
    "arn:aws:states:::aws-sdk:dynamodb:batchGetItem",
    "arn:aws:states:::aws-sdk:eventbridge:putEvents",
    "arn:aws:states:::aws-sdk:dynamodb:batchExecuteStatement",
    "arn:aws:states:::aws-sdk:dynamodb:transactWriteItems",
    "arn:aws:states:::aws-sdk:dynamodb:batchGetItem",
  ]);
});
