import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  type BatchGetItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, ListRulesCommand, TestEventPatternCommand } from "@aws-sdk/client-eventbridge";
import { GetObjectCommand, HeadObjectCommand, InvalidObjectState, S3Client } from "@aws-sdk/client-s3";
import { DescribeStateMachineCommand, GetExecutionHistoryCommand, SFNClient } from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import type { Hono } from "hono";
import { stripVTControlCharacters } from "node:util";
import { toItem, toValues } from "../../../functions/adapters/record-item";
import type { ReadLine } from "../../../functions/domain/log-line";
import { traceText } from "../../../cli/text/trace";
import type { Operations } from "../../../inbox/operations/one-webhook";
import { inboxAt } from "../../../inbox/connect";
import { readTrace } from "../../../inbox/trace/read";
import { createApp } from "../../../console/web/app";
import { renderWorkflow } from "../../../statemachines/render";
import { batchOfTwo, BEGAN, EXECUTION, logRecord } from "../../support/express-log";

const SECOND = EXECUTION.replace("acme-a-x2", "acme-b-x1");
const XRAY = "1-67891233-abcdef012345678912345678";
const BUS = "arn:aws:events:us-east-1:123456789012:event-bus/webhook-inbox-bus-dev";
const at = (ms: number) => new Date(BEGAN + ms).toISOString();

const TABLE = "webhook-inbox-webhooks-dev";

const inbox = inboxAt(
  {
    api_endpoint: "https://api1.execute-api.us-east-1.amazonaws.com/v1/webhook",
    dynamodb_table_name: TABLE,
    s3_bucket_name: "webhook-inbox-raw-dev-123456789012",
    sqs_queue_url: "https://sqs.us-east-1.amazonaws.com/123456789012/webhook-inbox-webhooks-dev.fifo",
    dlq_url: "https://sqs.us-east-1.amazonaws.com/123456789012/webhook-inbox-webhooks-dlq-dev.fifo",
    eventbridge_bus_arn: BUS,
    event_log_group_name: "/aws/events/webhook-inbox-dev",
    alarm_names: [],
    consumer_queues: {},
    state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:webhook-inbox-workflow-dev",
    workflow_log_group_name: "/aws/vendedlogs/states/webhook-inbox-workflow-dev",
    ingestion_function_name: "webhook-inbox-ingest-dev",
    processing_function_name: "webhook-inbox-process-dev",
    metric_namespace: "webhook-inbox-dev",
    record_retention_days: 90,
    providers: [{ name: "acme", scheme: "hmac-sha256", secret: { ssm: "/webhook-inbox/dev/acme" } }],
  },
  { region: "us-east-1" },
);

const RECORD = toItem({
  pk: "acme#b",
  type: "build.finished",
  status: "published",
  receivedAt: at(-500),
  publishedAt: at(2_300),
  s3Key: "raw/acme/b/1",
  attempts: 1,
  replay: 0,
  group: "acme",
  executionArn: SECOND,
});

const EVENT = {
  version: "0",
  id: "7bf73129-1428-4cd3-a780-95db273d1602",
  "detail-type": "build.finished",
  source: "webhook.acme",
  account: "123456789012",
  time: "2026-01-01T00:00:02Z",
  region: "us-east-1",
  resources: [SECOND],
  detail: { specversion: "1.0", id: "b", source: "webhook.acme", data: { build: 1843 } },
};

/** What the log groups hold, as CloudWatch Logs answers: structured lines among Lambda's own. */
const LOGS: Readonly<Record<string, () => string[]>> = {
  "/aws/lambda/webhook-inbox-ingest-dev": () => [
    "START RequestId: 5f1 Version: $LATEST",
    JSON.stringify({
      event: "webhook.received",
      requestId: "5f1",
      receivedAt: at(-500),
      sourceIp: "192.0.2.7",
      headers: { "user-agent": "acme-hooks/2" },
      provider: "acme",
      id: "b",
      secretIndex: 0,
      group: "acme",
      inline: true,
      outcome: "new",
      status: 202,
      bytes: 14,
      durationMs: 31,
      trace: XRAY,
    } satisfies ReadLine),
  ],
  "/aws/lambda/webhook-inbox-process-dev": () =>
    (
      [
        {
          executionArn: EXECUTION,
          status: "failed",
          attempts: 1,
          error: { code: "States.QueryEvaluationError", message: "poison" },
        },
        { executionArn: SECOND, status: "published" },
      ] as const
    ).map((outcome) =>
      JSON.stringify({
        event: "webhook.processed",
        provider: "acme",
        id: "b",
        replay: 0,
        receivedAt: at(-500),
        trace: XRAY,
        ...outcome,
      } satisfies ReadLine),
    ),
  "/aws/events/webhook-inbox-dev": () => [JSON.stringify(EVENT)],
  // One group for all executions; each reader has to pick its own.
  "/aws/vendedlogs/states/webhook-inbox-workflow-dev": () => [...batchOfTwo(), ...secondAttempt()],
};

/** Whether the log of the executions holds inputs and outputs. */
let withData = true;

/** A line of a log as it is without data. */
function withoutData(line: string): string {
  if (!line.includes('"execution_arn"')) return line;
  const record = JSON.parse(line) as { details: Record<string, unknown> };
  for (const name of ["input", "output", "parameters"]) delete record.details[name];
  return JSON.stringify(record);
}

function secondAttempt(): string[] {
  const input = JSON.stringify({ webhooks: [{ provider: "acme", id: "b", key: "acme#b" }] });
  const events: [string, Record<string, unknown>][] = [
    ["ExecutionStarted", { input }],
    ["TaskStateEntered", { name: "PublishRun", input: "{}" }],
    ["TaskScheduled", { parameters: '{"Entries":[]}' }],
    ["TaskSucceeded", { output: '{"FailedEntryCount":0}' }],
    ["TaskStateExited", { name: "PublishRun", output: "{}" }],
    ["ExecutionSucceeded", { output: '{"outcomes":[{"status":"published"}]}' }],
  ];
  return events.map(([type, details], index) => {
    const record = JSON.parse(logRecord(type, index, details, SECOND)) as object;
    const order = { id: String(index + 1), event_timestamp: String(BEGAN + 2_000 + index) };
    return JSON.stringify({ ...record, ...order });
  });
}

const [dynamodb, s3, sqs, sfn, logs, events, metrics] = [
  mockClient(DynamoDBClient),
  mockClient(S3Client),
  mockClient(SQSClient),
  mockClient(SFNClient),
  mockClient(CloudWatchLogsClient),
  mockClient(EventBridgeClient),
  mockClient(CloudWatchClient),
];

/** The newest day's first shard. */
const NEWEST = { ExpressionAttributeValues: toValues({ ":partition": "2025-12-31#00" }) };

/** One webhook. */
function listed(): void {
  dynamodb.on(BatchGetItemCommand).resolves({ Responses: { [TABLE]: [RECORD] } });
  dynamodb.on(QueryCommand, NEWEST).resolves({ Items: [RECORD] });
}

const STORED = {
  Body: { transformToByteArray: () => Promise.resolve(Buffer.from('{"build": 1843}')) } as never,
};

let app: Hono;
const start = () =>
  createApp(
    { inbox, name: "dev", operations: {} as Operations, allowWrites: false, refreshMs: 10_000 },
    ACCESS,
  );
beforeAll(async () => {
  jest.spyOn(Date, "now").mockReturnValue(BEGAN + 60_000);
  const definition = renderWorkflow({
    tableName: "t",
    busName: "b",
    bucketName: "k",
    recordRetentionDays: 1,
    providers: [],
  });
  dynamodb.on(GetItemCommand).resolves({ Item: RECORD });
  dynamodb.on(QueryCommand).resolves({ Items: [] });
  listed();
  s3.on(HeadObjectCommand).resolves({ ContentLength: 15 });
  s3.on(GetObjectCommand).resolves(STORED);
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: "3" } });
  sfn.on(DescribeStateMachineCommand).resolves({ definition });
  logs.on(FilterLogEventsCommand).callsFake(({ logGroupName }: { logGroupName: string }) => ({
    events: LOGS[logGroupName]?.().map((line) => ({
      message: withData ? line : withoutData(line),
      timestamp: BEGAN + 2_000,
    })),
  }));
  events.on(ListRulesCommand).resolves({
    Rules: [
      { Name: "provider-acme", EventPattern: '{"source":["webhook.acme"]}' },
      { Name: "provider-other", EventPattern: '{"source":["webhook.other"]}' },
    ],
  });
  events
    .on(TestEventPatternCommand)
    .callsFake(({ EventPattern, Event }: { EventPattern: string; Event: string }) => ({
      Result: EventPattern.includes((JSON.parse(Event) as { source: string }).source),
    }));
  metrics.on(ListMetricsCommand).resolves({
    Metrics: [{ MetricName: "Accepted", Dimensions: [{ Name: "Provider", Value: "acme" }] }],
  });
  metrics.on(GetMetricDataCommand).resolves({
    MetricDataResults: [{ Id: "accepted0", Timestamps: [new Date(BEGAN)], Values: [42] }],
  });
  app = await start();
});
afterAll(() => jest.restoreAllMocks());

const ACCESS = "access-token";
const get = async (path: string) => {
  const reply = await app.request(`http://127.0.0.1${path}`, {
    headers: { host: "127.0.0.1", authorization: `Bearer ${ACCESS}` },
  });
  expect(reply.status).toBe(200);
  return (await reply.text()).replaceAll("&quot;", '"');
};

const TITLES = [
  "Request accepted",
  "Payload and record stored",
  "Queued",
  "Failed, attempt 1",
  "Published",
  "Published to the bus",
];

describe("a stack on AWS, through the AWS clients alone,", () => {
  test("is listed with its counts and the depth of its queues, read-only, without a scan", async () => {
    const html = await get("/");
    expect(html).toContain('<a href="/webhooks/acme/b"');
    expect(html).toContain("42 accepted");
    expect(html).toContain(">3</strong><span>waiting in the queue");
    expect(html).toContain("read-only");
    expect(dynamodb.commandCalls(ScanCommand)).toHaveLength(0);
  });

  test("finds a webhook by its whole id, also of a provider that sent nothing for weeks", async () => {
    metrics.on(ListMetricsCommand).resolves({ Metrics: [] });
    dynamodb.on(QueryCommand, NEWEST).resolves({ Items: [] });
    app = await start();
    const html = await get("/?text=b");
    metrics.on(ListMetricsCommand).resolves({
      Metrics: [{ MetricName: "Accepted", Dimensions: [{ Name: "Provider", Value: "acme" }] }],
    });
    listed();
    expect(html).toContain('<a href="/webhooks/acme/b"');
  });

  test("shows a webhook's timeline, made of the functions' and the events' logs", async () => {
    const html = await get("/webhooks/acme/b");
    expect([...html.matchAll(/<\/span><strong>([^<]+)<\/strong>/g)].map(([, title]) => title)).toEqual(
      TITLES,
    );
    expect(html).toContain("acme-hooks/2");
    expect(html).toContain("matched provider-acme<");
    expect(html).toContain("7bf73129-1428-4cd3-a780-95db273d1602");
    expect(html).toContain(`us-east-1#xray:traces/${XRAY}`);
    expect(html).not.toContain("Could not be read");
    expect(html).not.toContain("<form");
  });

  test("draws each execution from its log, also inside of the Map and with variables", async () => {
    const failed = await get("/webhooks/acme/b?execution=0");
    expect([...failed.matchAll(/<article class="state" id="state-(\w+)"/g)].map(([, name]) => name)).toEqual([
      "LookUpRecords",
      "LookUpRecordsAgain",
      "EnrichEach",
      "Guard",
      "EnrichOne",
      "ReturnFailed",
      "CheckBatch",
      "PublishRun",
    ]);
    expect(failed).toContain("number 2 of a batch of 2");
    expect(failed).toContain("Assigned $unread");
    expect(failed).not.toContain("The emulator records");
    const published = await get("/webhooks/acme/b?execution=1");
    expect([...published.matchAll(/id="state-(\w+)"/g)].map(([, name]) => name)).toEqual(["PublishRun"]);
    expect(sfn.commandCalls(GetExecutionHistoryCommand)).toHaveLength(0);
  });

  test("says why states have no input and output if the log leaves payloads out", async () => {
    expect(await get("/webhooks/acme/b?execution=1")).not.toContain("executionLogData");
    withData = false;
    const html = await get("/webhooks/acme/b?execution=1");
    withData = true;
    expect(html).toContain("<code>executionLogData: true</code>");
    expect(html).not.toContain("Input and output of the execution");
  });

  test("is traced by the command line alike", async () => {
    const trace = await readTrace(inbox, "acme", "b");
    if (!trace) throw new Error("no trace");
    const text = stripVTControlCharacters(traceText(trace, false));
    expect([...text.matchAll(/^[├└]─ +\+\S+ \w+ {2}(.*?)(?: {2}|$)/gm)].map(([, title]) => title)).toEqual(
      TITLES,
    );
    expect(text).toContain("│     ├─ LookUpRecords  Task, 60 ms, 2 attempts");
    expect(text).toMatch(/EnrichOne {2}Pass, 10 ms {2}States\.QueryEvaluationError poison/);
  });

  test("asks before it reads more than a thousand payloads, and reads them once that is confirmed", async () => {
    const Items = Array.from({ length: 1_001 }, (_, index) => ({
      ...RECORD,
      ...toItem({ pk: `acme#more-${index}` }),
    }));
    dynamodb.on(QueryCommand, NEWEST).resolves({ Items });
    dynamodb.on(BatchGetItemCommand).callsFake(({ RequestItems }: BatchGetItemCommandInput) => ({
      Responses: { [TABLE]: RequestItems?.[TABLE]?.Keys?.map((key) => ({ ...RECORD, ...key })) },
    }));
    s3.resetHistory();
    try {
      const asked = await get("/?payload=1843");
      expect(asked).toContain("This reads 1001 payloads from S3");
      expect(s3.commandCalls(GetObjectCommand)).toHaveLength(0);
      const [, confirmed = ""] = /href="([^"]+)">\s*read them/.exec(asked) ?? [];
      const found = await get(confirmed.replaceAll("&amp;", "&"));
      expect(found).toContain('<a href="/webhooks/acme/more-999"');
      expect(found).toContain("These are the newest 50 matches.");
      expect(s3.commandCalls(GetObjectCommand).length).toBeGreaterThan(0);
    } finally {
      listed();
    }
  });

  test("says how many payloads a search could not read", async () => {
    s3.on(GetObjectCommand).rejects(new InvalidObjectState({ message: "archived", $metadata: {} }));
    expect(await get("/?payload=1843")).toContain(
      "Payloads that could not be read, expired or in S3 Glacier: 1.",
    );
    s3.on(GetObjectCommand).resolves(STORED);
  });

  test("searches no log further than the webhook's own time", () => {
    const calls = logs.commandCalls(FilterLogEventsCommand);
    expect(new Set(calls.map(({ args }) => args[0].input.logGroupName)).size).toBe(4);
    for (const { args } of calls) {
      const { startTime = 0, endTime = 0, filterPattern } = args[0].input;
      expect(startTime).toBeGreaterThanOrEqual(BEGAN - 5 * 60_000);
      expect(endTime).toBeLessThanOrEqual(BEGAN + 5 * 60_000);
      expect(filterPattern).not.toBe("");
    }
  });
});
