import { consumerPerMillion, type ConsumerKind } from "../../../../perf/cost/consumers";
import { costPerMillion, DEPLOYED, sampled, total, type Usage } from "../../../../perf/cost/model";
import { PRICES } from "../../../../perf/cost/prices";

const call = (service: "S3" | "DynamoDB" | "SQS" | "StepFunctions", operation: string, bytes = 5_000) => ({
  service,
  operation,
  body: Buffer.alloc(bytes),
});

const usage = (over: { messageBytes?: number; itemBytes?: number } = {}): Usage => ({
  functions: {
    webhooks: 10,
    ingest: {
      calls: Array.from({ length: 10 }, () => [
        call("S3", "PutObject"),
        call("DynamoDB", "UpdateItem"),
        call("SQS", "SendMessage", over.messageBytes ?? 6_000),
      ]).flat(),
      logBytes: 2_000,
    },
    process: { calls: [call("StepFunctions", "StartSyncExecution")], logBytes: 1_000 },
  },
  executions: [
    {
      linesWithPayload: 4,
      lines: 40,
      calls: ["dynamodb:batchGetItem", "eventbridge:putEvents", "dynamodb:batchExecuteStatement"],
      logBytes: { withData: 400_000, withoutData: 8_000 },
      eventBytes: Array.from({ length: 10 }, () => 6_000),
      eventLogBytes: { withData: 60_000, withoutData: 6_000 },
      itemBytes: over.itemBytes ?? 900,
    },
  ],
});

test("each part is its number times its price", () => {
  const parts = costPerMillion(usage(), DEPLOYED);
  expect(parts["API Gateway"]).toBeCloseTo(3.5);
  expect(parts["S3: put"]).toBeCloseTo(5);
  // One send each, a receive and a delete for all ten.
  expect(parts["SQS"]).toBeCloseTo(0.6);
  // One unit for the claim, one for its place in the index, one for the status, and the look-up of ten; a tenth of both for
  // the group's own item.
  expect(parts["DynamoDB"]).toBeCloseTo(3.1 * 0.625 + 1.1 * 0.125);
  expect(parts["EventBridge"]).toBeCloseTo(1);
  expect(parts["log: events"]).toBeCloseTo(0.3);
  expect(parts["log: executions"]).toBeCloseTo(0.4);
  expect(parts["X-Ray"]).toBeCloseTo(0.25);
});

test.each<[ConsumerKind, number]>([
  // A send each, a receive and a delete for ten; seven lines of 200 bytes.
  ["queue", 0.5 + 0.1 + 0.7],
  // A receive and a delete each.
  ["lambda", 0.5 + 1 + 0.7],
  // An invocation of 0.2 s, a write, and a line of the function's log.
  ["http", 2.2 + 0.2 + 0.667 + 0.625 + 0.397],
  ["original", 2.2 + 0.2 + 0.667 + 0.625 + 0.397 + 0.4],
])("a consumer of the kind %s adds its messages and what delivers them", (kind, dollars) => {
  expect(total(consumerPerMillion(kind, usage(), DEPLOYED))).toBeCloseTo(dollars, 2);
});

test("a record above 1 KB doubles its writes", () => {
  const parts = costPerMillion(usage({ itemBytes: 1_025 }), DEPLOYED);
  expect(parts["DynamoDB"]).toBeCloseTo(5.1 * 0.625 + 1.1 * 0.125);
});

test("a batch that takes two executions is billed for both", () => {
  const { functions, executions } = usage();
  const [one] = executions;
  const parts = costPerMillion(
    { functions, executions: [...executions, { ...one!, eventBytes: [] }] },
    DEPLOYED,
  );
  expect(parts["Step Functions"]).toBeCloseTo(0.2 * (1 + 0.1067), 2);
  expect(parts["SQS"]).toBeCloseTo(0.7);
});

test("a message above 64 KB is two requests", () => {
  expect(costPerMillion(usage({ messageBytes: 70_000 }), DEPLOYED)["SQS"]).toBeCloseTo(1.1);
});

test.each([
  ["payloads in the execution log", { log: "all with data" as const }, 19.6],
  ["data in the events' log", { eventLogData: true }, 2.7],
  ["two API destinations", { apiDestinations: 2 }, 0.4],
  ["payloads below 128 KB in Glacier", { glacier: true }, 30],
])("%s cost what they cost", (_, over, more) => {
  const whole = total(costPerMillion(usage(), DEPLOYED));
  expect(total(costPerMillion(usage(), { ...DEPLOYED, ...over })) - whole).toBeCloseTo(more);
});

test.each([
  ["each of what comes less than once a second", 0.4, 1],
  ["the first of each second and 5 % of the rest", 10, 0.145],
])("X-Ray traces %s", (_, perSecond, share) => expect(sampled(perSecond)).toBeCloseTo(share));

test("every price has a source and a date", () => {
  for (const { source, date, dollars } of Object.values(PRICES)) {
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(date).toMatch(/^20\d\d-\d\d$/);
    expect(dollars).toBeGreaterThan(0);
  }
});
