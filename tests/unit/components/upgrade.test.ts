import { ACCOUNT, runProgram, type Program } from "../../support/program";

jest.setTimeout(120_000);

/*
 * What holds data, as the last release deployed it, with the inputs whose change makes AWS replace it. A line here changes only
 * with a step for users in docs/upgrading.md.
 */
const LAST_RELEASE: readonly (readonly [type: string, name: string, fixed: Record<string, unknown>])[] = [
  ["aws:s3/bucket:Bucket", "inbox-raw-payloads", { bucket: `webhook-inbox-raw-dev-${ACCOUNT}` }],
  [
    "aws:dynamodb/table:Table",
    "inbox-webhooks",
    { name: "webhook-inbox-webhooks-dev", hashKey: "pk", rangeKey: undefined },
  ],
  ["aws:sqs/queue:Queue", "inbox-queue", { name: "webhook-inbox-webhooks-dev.fifo", fifoQueue: true }],
  [
    "aws:sqs/queue:Queue",
    "inbox-queue-dlq",
    { name: "webhook-inbox-webhooks-dlq-dev.fifo", fifoQueue: true },
  ],
  ["aws:sqs/queue:Queue", "inbox-bus-dlq", { fifoQueue: undefined }],
  ["aws:cloudwatch/eventBus:EventBus", "inbox-bus", { name: "webhook-inbox-bus-dev" }],
];

/** Log groups, by their physical names. */
const LOG_GROUPS = [
  "/aws/lambda/webhook-inbox-ingest-dev",
  "/aws/lambda/webhook-inbox-process-dev",
  "/aws/vendedlogs/states/webhook-inbox-workflow-dev",
];

let program: Program;
beforeAll(async () => {
  program = await runProgram();
});

test.each(LAST_RELEASE)("an upgrade keeps %s %s", (type, name, fixed) => {
  const { inputs, options } = program.one(type, name);
  expect(Object.fromEntries(Object.keys(fixed).map((key) => [key, inputs[key] as unknown]))).toEqual(fixed);
  // Neither a list of inputs that replace it nor a deletion before the replacement.
  expect(options).not.toHaveProperty("replaceOnChanges");
  expect(options).not.toHaveProperty("deleteBeforeReplace", true);
});

test("an upgrade keeps the logs", () => {
  const names = program.all("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs["name"] as string);
  expect(names).toEqual(expect.arrayContaining(LOG_GROUPS));
});

test("what holds data is all in that list", () => {
  const types = new Set(LAST_RELEASE.map(([type]) => type));
  const found = program.resources.filter(({ type }) => types.has(type)).map(({ name }) => name);
  expect(found.sort()).toEqual(LAST_RELEASE.map(([, name]) => name).sort());
});
