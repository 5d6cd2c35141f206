import { MAX_CONSUMERS } from "../../../config/consumer";
import { ACCOUNT, runProgram, statements, type Program } from "../../support/program";

jest.setTimeout(120_000);

const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:reports`;
const QUEUE = "aws:sqs/queue:Queue";
const consumers = [
  { name: "billing", when: "$contains(type, 'invoice.')", queue: {} },
  { name: "reports", lambda: { arn: FUNCTION, timeoutSeconds: 60, maximumConcurrency: 5 } },
  { name: "crm", http: { url: "https://crm.example.com/", secret: { ssm: "/inbox/crm" }, rate: 50 } },
];
const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}.fifo`;

let program: Program;
beforeAll(async () => {
  program = await runProgram({ consumers });
});

const workflowPolicy = (of: Program) =>
  String(of.one("aws:iam/rolePolicy:RolePolicy", "inbox-workflow-policy").inputs["policy"]);

describe("a consumer", () => {
  test("has a FIFO queue with a quota per group, encrypted, kept for 14 days, protected, and large enough for any event", () => {
    for (const name of ["inbox-consumer-billing", "inbox-consumer-billing-dlq"]) {
      const { inputs, options } = program.one(QUEUE, name);
      expect(inputs).toMatchObject({
        fifoQueue: true,
        deduplicationScope: "messageGroup",
        fifoThroughputLimit: "perMessageGroupId",
        messageRetentionSeconds: 1_209_600,
        sqsManagedSseEnabled: true,
        maxMessageSize: 1_048_576,
        tags: { Environment: "dev", Service: "webhook-inbox" },
      });
      expect(options.protect).toBe(true);
    }
  });

  test("has a dead-letter queue of its own", () => {
    const { redrivePolicy } = program.one(QUEUE, "inbox-consumer-billing").inputs;
    expect(JSON.parse(redrivePolicy as string)).toEqual({
      deadLetterTargetArn: arnOf("webhook-inbox-dlq-consumer-billing-dev"),
      maxReceiveCount: 5,
    });
  });

  test("has alarms for dead letters and for events that wait, and all have one for what did not reach a queue", () => {
    const alarms = program.all("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    expect(alarms).toEqual(
      expect.arrayContaining([
        "inbox-observability-consumer-billing-dead-letters",
        "inbox-observability-consumer-billing-message-age",
        "inbox-observability-undelivered-to-consumers",
      ]),
    );
  });

  test("is named in the outputs", () => {
    expect(program.outputs["consumer_queues"]).toEqual({
      billing: {
        kind: "queue",
        when: "$contains(type, 'invoice.')",
        queue_url: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/webhook-inbox-consumer-billing-dev.fifo`,
        queue_arn: arnOf("webhook-inbox-consumer-billing-dev"),
        dlq_url: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/webhook-inbox-dlq-consumer-billing-dev.fifo`,
        dlq_arn: arnOf("webhook-inbox-dlq-consumer-billing-dev"),
      },
      reports: expect.objectContaining({ kind: "lambda" }) as object,
      crm: expect.objectContaining({ kind: "http" }) as object,
    });
  });

  test("that is a function is handed one message at a time, and may fail one of a batch", () => {
    const { inputs, options } = program.one(
      "aws:lambda/eventSourceMapping:EventSourceMapping",
      "inbox-consumer-reports-function",
    );
    expect(inputs).toMatchObject({
      eventSourceArn: arnOf("webhook-inbox-consumer-reports-dev"),
      functionName: FUNCTION,
      batchSize: 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 5 },
    });
    // A pause is no drift.
    expect(options.ignoreChanges).toEqual(["enabled"]);
    expect(program.one(QUEUE, "inbox-consumer-reports").inputs["visibilityTimeoutSeconds"]).toBe(360);
  });
});

describe("a consumer over HTTP", () => {
  test("has a function that gets one message at a time, and counts its attempts by itself", () => {
    const mapping = program.one(
      "aws:lambda/eventSourceMapping:EventSourceMapping",
      "inbox-consumer-crm-delivery-queue",
    );
    expect(mapping.inputs).toMatchObject({ batchSize: 1, scalingConfig: { maximumConcurrency: 10 } });
    expect(mapping.options.ignoreChanges).toEqual(["enabled"]);
    const { redrivePolicy } = program.one(QUEUE, "inbox-consumer-crm").inputs;
    expect(JSON.parse(redrivePolicy as string)).toMatchObject({ maxReceiveCount: 1_000 });
  });

  test("reads no secret but its own, and no payload that it does not send", () => {
    const text = String(
      program.one("aws:iam/rolePolicy:RolePolicy", "inbox-consumer-crm-delivery-policy").inputs["policy"],
    );
    const allowed = statements(text).filter(({ Sid }) => !["Log", "Tracing"].includes(String(Sid)));
    expect(Object.fromEntries(allowed.map(({ Sid, Action }) => [Sid, Action]))).toEqual({
      Queue: [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
      ],
      DeadLetter: "sqs:SendMessage",
      Deliveries: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      FindMapping: "lambda:ListEventSourceMappings",
      Parameters: "ssm:GetParameters",
    });
    expect(text).toContain(":parameter/inbox/crm");
  });
});

test("a consumer of originals reads payloads too, and sees which are not there any more", async () => {
  const http = { url: "https://crm.example.com/", secret: { ssm: "/inbox/crm" }, as: "original" };
  const originals = await runProgram({ consumers: [{ name: "crm", when: "provider = 'stripe'", http }] });
  const role = originals.one("aws:iam/rolePolicy:RolePolicy", "inbox-consumer-crm-delivery-policy");
  const s3 = statements(String(role.inputs["policy"])).filter(({ Action }) =>
    String(Action).startsWith("s3:"),
  );
  expect(
    s3.map(({ Action, Resource }) => [Action, String(Resource).split("webhook-inbox-raw-dev-")[1]]),
  ).toEqual([
    ["s3:GetObject", `${ACCOUNT}/raw/*`],
    ["s3:ListBucket", ACCOUNT],
  ]);
});

describe("the workflow", () => {
  test("sends to these queues, at the addresses that SQS gives them", () => {
    const definition = String(program.one("aws:sfn/stateMachine:StateMachine").inputs["definition"]);
    for (const { url } of program.all(QUEUE).map(({ inputs }) => ({ url: String(inputs["name"]) })))
      if (url.includes("-consumer-") && !url.includes("dlq"))
        expect(definition).toContain(`"QueueUrl":"https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${url}"`);
  });

  test("may send to exactly these", () => {
    const sends = statements(workflowPolicy(program)).filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith("sqs:")),
    );
    expect(sends).toMatchObject([
      {
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: [
          arnOf("webhook-inbox-consumer-billing-dev"),
          arnOf("webhook-inbox-consumer-reports-dev"),
          arnOf("webhook-inbox-consumer-crm-dev"),
        ],
      },
    ]);
  });

  test("without consumers sends to none and may send to none", async () => {
    const plain = await runProgram();
    expect(workflowPolicy(plain)).not.toContain("sqs:");
    expect(String(plain.one("aws:sfn/stateMachine:StateMachine").inputs["definition"])).not.toContain("sqs:");
  });

  test("has a role that IAM takes with as many consumers as are allowed, however long their names", async () => {
    const wide = await runProgram(
      {
        serviceName: "s".repeat(20),
        environmentSuffix: "e".repeat(16),
        consumers: Array.from({ length: MAX_CONSUMERS }, (_, index) => ({
          name: `c${String(index).padStart(15, "0")}`,
          queue: {},
        })),
      },
      { partition: "aws-us-gov" },
    );
    expect(workflowPolicy(wide).length).toBeLessThan(10_240);
  });
});
