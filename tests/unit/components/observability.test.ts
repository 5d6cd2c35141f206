import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LOG_DELIVERY } from "../../support/aws/iam";
import { ACCOUNT, runProgram, statements, type Program } from "../../support/program";

jest.setTimeout(120_000);

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const PROVIDERS = ["stripe", "github", "shopify", "slack", "standard", "acme"];

let program: Program;
beforeAll(async () => {
  program = await runProgram({
    alarmEmail: "oncall@example.com",
    executionLogLevel: "ERROR",
    executionLogData: false,
    providers: [
      ...PROVIDERS.slice(0, -2).map((name) => ({ name, scheme: name, secret: { ssm: `/inbox/${name}` } })),
      {
        ...{ name: "standard", scheme: "standard-webhooks", secret: { ssm: "/inbox/s" }, expectEvery: "6h" },
        reconcile: { apiKey: { ssm: "/inbox/svix" }, app: "app_1", endpoint: "ep_1" },
      },
      {
        ...{ name: "acme", scheme: "hmac-sha256", secret: { ssm: "/inbox/acme" }, expectEvery: "3d" },
        allowedSourceRanges: ["203.0.113.0/24"],
      },
    ],
    consumers: [{ name: "billing", queue: {} }],
  });
});

const alarm = (part: string) => program.one(ALARM, `inbox-observability-${part}`).inputs;

describe("alarms", () => {
  test.each([
    [
      "dead-letters",
      "AWS/SQS",
      "ApproximateNumberOfMessagesVisible",
      { QueueName: "webhook-inbox-webhooks-dlq-dev.fifo" },
      0,
    ],
    [
      "undelivered-events",
      "AWS/SQS",
      "ApproximateNumberOfMessagesVisible",
      { QueueName: "webhook-inbox-undelivered-events-dev" },
      0,
    ],
    [
      "message-age",
      "AWS/SQS",
      "ApproximateAgeOfOldestMessage",
      { QueueName: "webhook-inbox-webhooks-dev.fifo" },
      1_800,
    ],
    ["ingestion-5xx", "AWS/ApiGateway", "5XXError", { ApiName: "webhook-inbox-api-dev", Stage: "v1" }, 5],
    ["throttled-requests", "webhook-inbox-dev", "Throttled", {}, 0],
    ["ingest-throttled", "AWS/Lambda", "Throttles", { FunctionName: "webhook-inbox-ingest-dev" }, 0],
    ["process-throttled", "AWS/Lambda", "Throttles", { FunctionName: "webhook-inbox-process-dev" }, 0],
    ["recover-throttled", "AWS/Lambda", "Throttles", { FunctionName: "webhook-inbox-recover-dev" }, 0],
    // Four fifths of the account's 1,000.
    ["account-concurrency", "AWS/Lambda", "ClaimedAccountConcurrency", {}, 800],
    ["process-errors", "AWS/Lambda", "Errors", { FunctionName: "webhook-inbox-process-dev" }, 0],
    // It runs every minute: more than two of five runs failed.
    ["recover-errors", "AWS/Lambda", "Errors", { FunctionName: "webhook-inbox-recover-dev" }, 2],
    [
      "workflow-failed",
      "AWS/States",
      "ExecutionsFailed",
      { StateMachineArn: `arn:aws:sfn:us-east-1:${ACCOUNT}:webhook-inbox-workflow-dev` },
      5,
    ],
    [
      "events-without-rule",
      "AWS/Events",
      "MatchedEvents",
      { EventBusName: "webhook-inbox-bus-dev", RuleName: "webhook-inbox-unmatched-events-dev" },
      0,
    ],
    ["secret-unusable", "webhook-inbox-dev", "SecretUnusable", {}, 0],
    [
      "source-not-allowed-acme",
      "webhook-inbox-dev",
      "Rejected",
      { Provider: "acme", Reason: "source_not_allowed" },
      0,
    ],
    ...PROVIDERS.map((Provider): [string, string, string, Record<string, string>, number] => [
      `wrong-signatures-${Provider}`,
      "webhook-inbox-dev",
      "Rejected",
      { Provider, Reason: "signature_mismatch" },
      10,
    ]),
  ])(
    "%s: %s %s of %j above %i, and silence is fine",
    (part, namespace, metricName, dimensions, threshold) => {
      expect(alarm(part)).toMatchObject({
        namespace,
        metricName,
        dimensions,
        threshold,
        comparisonOperator: "GreaterThanThreshold",
        treatMissingData: "notBreaching",
      });
    },
  );

  test.each([
    ["standard", 300, 72],
    ["acme", 3_600, 72],
  ])(
    "silence of %s: no webhook, new or duplicate, in any period of %i s, %i in turn",
    (Provider, period, periods) => {
      const counted = (id: string, metricName: string) => ({
        id,
        metric: { namespace: "webhook-inbox-dev", metricName, dimensions: { Provider }, stat: "Sum", period },
      });
      expect(alarm(`silence-${Provider}`)).toMatchObject({
        metricQueries: [
          counted("m0", "Accepted"),
          counted("m1", "Duplicate"),
          { expression: "m0 + m1", returnData: true },
        ],
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        evaluationPeriods: periods,
        treatMissingData: "notBreaching",
      });
    },
  );

  test("silence is counted: the recovery function knows whom to expect, and where to count", () => {
    expect(program.one("aws:lambda/function:Function", "inbox-recover").inputs["environment"]).toMatchObject({
      variables: { EXPECTED_PROVIDERS: "standard,acme", METRIC_NAMESPACE: "webhook-inbox-dev" },
    });
  });

  test("each has its paragraph in the runbook, which has no other", () => {
    const runbook = readFileSync(join(__dirname, "../../../docs/runbook.md"), "utf8");
    const paragraphs = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    const linked = program.all(ALARM).map(({ inputs }) => String(inputs["alarmDescription"]).split("#")[1]);
    expect([...paragraphs].sort()).toEqual([...new Set(linked)].sort());
  });

  test("each says what is wrong, and notifies the address when it begins and when it ends", () => {
    const topic = `arn:aws:sns:us-east-1:${ACCOUNT}:webhook-inbox-alarms-dev`;
    expect(program.all(ALARM).length).toBeGreaterThan(PROVIDERS.length + 8);
    for (const { inputs } of program.all(ALARM)) {
      expect(inputs).toMatchObject({ alarmActions: [topic], okActions: [topic] });
      expect(inputs["alarmDescription"]).toMatch(/^[A-Z].{20,}\. Runbook: docs\/runbook\.md#[a-z0-9-]+$/);
    }
    expect(program.one("aws:sns/topicSubscription:TopicSubscription").inputs).toMatchObject({
      topic,
      protocol: "email",
      endpoint: "oncall@example.com",
    });
  });

  test("are named in the stack's outputs, where the command line finds them", () => {
    const names = program.all(ALARM).map(({ inputs }) => inputs["name"] as string);
    expect([...(program.outputs["alarm_names"] as string[])].sort()).toEqual(names.sort());
  });

  test("throttled requests are counted from the access log, which has a line for each", () => {
    const { inputs } = program.one("aws:cloudwatch/logMetricFilter:LogMetricFilter");
    expect(inputs).toMatchObject({
      logGroupName: "/aws/apigateway/webhook-inbox-api-dev",
      pattern: '{ $.status = "429" }',
      metricTransformation: { namespace: "webhook-inbox-dev", name: "Throttled", value: "1" },
    });
    const { format } = program.one("aws:apigateway/stage:Stage").inputs["accessLogSettings"] as {
      format: string;
    };
    expect(JSON.parse(format)).toMatchObject({ status: "$context.status" });
  });

  test("count in the namespace that the functions write to", () => {
    for (const name of ["inbox-ingest", "inbox-process"]) {
      const { inputs } = program.one("aws:lambda/function:Function", name);
      expect(inputs["environment"]).toMatchObject({ variables: { METRIC_NAMESPACE: "webhook-inbox-dev" } });
    }
    expect(program.outputs["metric_namespace"]).toBe("webhook-inbox-dev");
  });
});

test("the dashboard shows the path from left to right", () => {
  const { dashboardName, dashboardBody } = program.one("aws:cloudwatch/dashboard:Dashboard").inputs;
  expect(dashboardName).toBe("webhook-inbox-path-dev");
  const { widgets } = JSON.parse(dashboardBody as string) as {
    widgets: { x: number; y: number; width: number; properties: { title: string; metrics: unknown[][] } }[];
  };
  const path = widgets.filter(({ y }) => y === 0).sort((a, b) => a.x - b.x);
  expect(path.map(({ properties }) => properties.title.replace(/^\d\. /, ""))).toEqual([
    "Requests",
    "Ingestion",
    "Queue",
    "Processing",
    "Workflow",
    "Bus",
  ]);
  expect(path.map(({ x, width }) => x + width)).toEqual([4, 8, 12, 16, 20, 24]);
  for (const { properties } of widgets) {
    for (const metric of properties.metrics) expect(metric.length).toBeGreaterThanOrEqual(4);
  }
  expect(JSON.stringify(widgets)).not.toContain("undefined");
});

test("saved queries find a webhook's lines, an execution, rejections and the slowest", () => {
  const queries = program.all("aws:cloudwatch/queryDefinition:QueryDefinition").map(({ inputs }) => inputs);
  expect(queries.map(({ name }) => name as string).sort()).toEqual(
    ["one-execution", "one-webhook", "rejected", "slowest"].map((part) => `webhook-inbox-query-${part}-dev`),
  );
  for (const { logGroupNames } of queries) {
    for (const group of logGroupNames as string[])
      expect(group).toMatch(/^\/aws\/(lambda|vendedlogs\/states)\/webhook-inbox-/);
  }
});

describe("the executions' log", () => {
  test("has the level and the data that the configuration says", () => {
    expect(program.one("aws:sfn/stateMachine:StateMachine").inputs["loggingConfiguration"]).toMatchObject({
      level: "ERROR",
      includeExecutionData: false,
    });
  });

  test("is delivered by a role that may set up the delivery, before the state machine is made", () => {
    const delivery = statements(
      program.one("aws:iam/rolePolicy:RolePolicy", "inbox-workflow-policy").inputs["policy"],
    ).find(({ Sid }) => Sid === "LogDelivery");
    expect(delivery).toEqual({
      Sid: "LogDelivery",
      Effect: "Allow",
      Action: LOG_DELIVERY,
      Resource: "*",
    });
    const order = program.resources.map(({ name, type }) => `${type} ${name}`);
    expect(order.indexOf("aws:iam/rolePolicy:RolePolicy inbox-workflow-policy")).toBeLessThan(
      order.indexOf("aws:sfn/stateMachine:StateMachine inbox-workflow"),
    );
  });
});

describe("the table's indexes", () => {
  test("hold keys only: a change of status costs no second write", () => {
    expect(program.one("aws:dynamodb/table:Table").inputs["globalSecondaryIndexes"]).toEqual(
      ["recent", "unresolved"].map((name) => ({
        name,
        projectionType: "KEYS_ONLY",
        keySchemas: [
          { attributeName: name, keyType: "HASH" },
          { attributeName: "receivedAt", keyType: "RANGE" },
        ],
      })),
    );
  });
});
