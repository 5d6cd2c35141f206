import { runProgram, type Program } from "../../support/program";

jest.setTimeout(120_000);

/** What those URNs end in: the types of the parents and of the resource, and its name. */
const EARLIER = {
  "aws:s3/bucket:Bucket": ["webhook-inbox:index:RawPayloadBucket$aws:s3/bucket:Bucket::raw-payloads"],
  "aws:dynamodb/table:Table": ["webhook-inbox:index:WebhookTable$aws:dynamodb/table:Table::webhooks"],
  "aws:iam/role:Role": [
    "webhook-inbox:index:IngestFunction$webhook-inbox:index:NodeFunction$aws:iam/role:Role::ingest-role",
    "webhook-inbox:index:ProcessFunction$webhook-inbox:index:NodeFunction$aws:iam/role:Role::process-role",
    "webhook-inbox:index:RecoverFunction$webhook-inbox:index:NodeFunction$aws:iam/role:Role::recover-role",
    "webhook-inbox:index:Workflow$aws:iam/role:Role::workflow-role",
    "webhook-inbox:index:WebhookApi$aws:iam/role:Role::webhook-inbox-api-logs-dev",
  ],
  "aws:sqs/queue:Queue": [
    "webhook-inbox:index:WebhookQueue$aws:sqs/queue:Queue::queue",
    "webhook-inbox:index:WebhookQueue$aws:sqs/queue:Queue::queue-dlq",
    "webhook-inbox:index:EventBus$aws:sqs/queue:Queue::bus-dlq",
  ],
};

let program: Program;
beforeAll(async () => {
  program = await runProgram();
});

describe("a stack that was deployed when each stage stood at the top of the program keeps", () => {
  test.each(Object.entries(EARLIER))("every %s", (type, paths) => {
    const found = program.all(type);
    expect(found).toHaveLength(paths.length);
    const urns = found.flatMap(({ aliasUrns }) => aliasUrns);
    expect(urns).toEqual(
      expect.arrayContaining(paths.map((path) => `urn:pulumi:dev::webhook-inbox::${path}`)),
    );
  });
});
