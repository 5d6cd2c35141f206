import { eventLogTransformer } from "../../../components/event-log";
import { requiredHeaders, schemes } from "../../../providers";
import { ACCOUNT, runProgram, statements, type Program } from "../../support/program";

jest.setTimeout(120_000);

let program: Program;
beforeAll(async () => {
  program = await runProgram();
});

const PROVIDERS = ["stripe", "github", "shopify", "slack", "standard", "acme"];
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:webhook-inbox-webhooks-dev`;
const BUCKET = `arn:aws:s3:us-east-1:${ACCOUNT}:webhook-inbox-raw-dev-${ACCOUNT}`;
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:webhook-inbox-webhooks-dev.fifo`;
const DLQ = `arn:aws:sqs:us-east-1:${ACCOUNT}:webhook-inbox-webhooks-dlq-dev.fifo`;
const BUS = `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:webhook-inbox-bus-dev`;
const MACHINE = `arn:aws:sfn:us-east-1:${ACCOUNT}:webhook-inbox-workflow-dev`;
const PROCESS = `arn:aws:lambda:us-east-1:${ACCOUNT}:webhook-inbox-process-dev`;
const RECOVER = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:webhook-inbox-recover-dev`;
const FUNCTION = "aws:lambda/function:Function";
const log = (group: string) => `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:${group}:*`;

/** Only what the role's policy must hold, in any order of statements. */
const granted = (name: string) =>
  statements(program.one("aws:iam/rolePolicy:RolePolicy", name).inputs["policy"]).map(
    ({ Effect, Action, Resource }) => [Effect, [Action].flat(), [Resource].flat()],
  );

describe("requirement 1: the REST API", () => {
  test("has POST /webhook and POST /webhook/<provider>, each a proxy to the ingestion function", () => {
    const paths = program
      .all("aws:apigateway/resource:Resource")
      .map(({ inputs }) => inputs["pathPart"] as string);
    expect(paths.sort()).toEqual(["webhook", ...PROVIDERS].sort());
    const integrations = program.all("aws:apigateway/integration:Integration");
    expect(integrations).toHaveLength(1 + PROVIDERS.length);
    for (const { inputs } of integrations) {
      expect(inputs).toMatchObject({
        type: "AWS_PROXY",
        httpMethod: "POST",
        integrationHttpMethod: "POST",
        uri: expect.stringContaining("webhook-inbox-ingest-dev") as string,
      });
    }
  });

  test.each([
    ["inbox-api-webhook-post", ["X-Webhook-Provider", "X-Webhook-Signature"]],
    ...PROVIDERS.map((name): [string, readonly string[]] => {
      const id = { standard: "standard-webhooks", acme: "hmac-sha256" }[name] ?? name;
      const scheme = schemes[id];
      if (!scheme) throw new Error(id);
      return [`inbox-api-${name}-post`, requiredHeaders(scheme)];
    }),
  ])("validates the required headers of %s", (name, headers) => {
    const { inputs } = program.one("aws:apigateway/method:Method", name);
    expect(headers.length).toBeGreaterThan(0);
    expect(inputs["requestParameters"]).toEqual(
      Object.fromEntries(headers.map((header) => [`method.request.header.${header}`, true])),
    );
    expect(inputs).toMatchObject({ httpMethod: "POST", requestValidatorId: "inbox-api-headers-id" });
    expect(program.one("aws:apigateway/requestValidator:RequestValidator").inputs).toMatchObject({
      validateRequestParameters: true,
    });
  });

  test("hands every body over byte for byte", () => {
    expect(program.one("aws:apigateway/restApi:RestApi").inputs["binaryMediaTypes"]).toEqual(["*/*"]);
  });

  test("may invoke the ingestion function from its own paths only", () => {
    expect(program.one("aws:lambda/permission:Permission", "inbox-api-invoke").inputs).toMatchObject({
      principal: "apigateway.amazonaws.com",
      function: "webhook-inbox-ingest-dev",
      sourceArn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:api1/v1/POST/webhook*`,
    });
  });

  test("answers its own rejections as problem details, and reveals nothing of a failure behind it", () => {
    const responses = Object.fromEntries(
      program
        .all("aws:apigateway/response:Response")
        .map(({ inputs }) => [inputs["responseType"] as string, inputs]),
    );
    expect(responses["MISSING_AUTHENTICATION_TOKEN"]).toMatchObject({ statusCode: "404" });
    for (const inputs of Object.values(responses)) {
      expect(inputs["responseParameters"]).toMatchObject({
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
      });
    }
    expect(JSON.stringify(responses["DEFAULT_5XX"]?.["responseTemplates"])).not.toContain("$context.error");
  });

  test.each([
    ["THROTTLED", "429"],
    ["DEFAULT_5XX", "503"],
  ])("says when the provider should retry: %s, as %s", (type, statusCode) => {
    const response = program
      .all("aws:apigateway/response:Response")
      .find(({ inputs }) => inputs["responseType"] === type);
    expect(response?.inputs).toMatchObject({
      statusCode,
      responseParameters: {
        "gatewayresponse.header.Retry-After": expect.stringMatching(/^'\d+'$/) as string,
      },
    });
  });

  test("keeps an access log without headers and bodies", () => {
    const { format } = program.one("aws:apigateway/stage:Stage").inputs["accessLogSettings"] as {
      format: string;
    };
    expect(JSON.parse(format)).toMatchObject({ requestId: "$context.requestId", status: "$context.status" });
    expect(format).not.toMatch(/header|body|authorizer/i);
  });
});

describe("requirement 2: the ingestion function", () => {
  test("knows the bucket, the table and the queue, and its role may do just what it does", () => {
    expect(program.one(FUNCTION, "inbox-ingest").inputs["environment"]).toEqual({
      variables: {
        METRIC_NAMESPACE: "webhook-inbox-dev",
        TABLE_NAME: "webhook-inbox-webhooks-dev",
        BUCKET_NAME: `webhook-inbox-raw-dev-${ACCOUNT}`,
        QUEUE_URL: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/webhook-inbox-webhooks-dev.fifo`,
        RECORD_RETENTION_DAYS: "90",
        QUARANTINE: "true",
      },
    });
    expect(granted("inbox-ingest-policy")).toEqual([
      ["Allow", ["s3:PutObject", "s3:DeleteObject"], [`${BUCKET}/raw/*`]],
      ["Allow", ["s3:PutObject"], [`${BUCKET}/rejected/*`]],
      ["Allow", ["dynamodb:UpdateItem"], [TABLE]],
      ["Allow", ["sqs:SendMessage"], [QUEUE]],
      [
        "Allow",
        ["ssm:GetParameters"],
        PROVIDERS.map((name) => `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/webhook-inbox/dev/${name}`),
      ],
      ["Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], [log("/aws/lambda/webhook-inbox-ingest-dev")]],
      ["Allow", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]],
    ]);
  });
});

describe("a provider with handshakes", () => {
  const secretRef = (name: string) => ({ ssm: `/inbox/${name}` });
  const key = "arn:aws:kms:us-east-1:123456789012:key/k1";
  let own: Program;
  beforeAll(async () => {
    own = await runProgram({
      providers: [
        { name: "meta", scheme: "meta", secret: secretRef("meta"), verifyToken: secretRef("meta-token") },
        {
          name: "trello",
          scheme: "trello",
          secret: secretRef("trello"),
          url: "https://hooks.example.com/trello",
        },
        { name: "asana", scheme: "asana", secret: { ...secretRef("asana"), kmsKeyArn: key, learn: true } },
        { name: "notion", scheme: "notion", secret: secretRef("notion") },
      ],
    });
  });

  test("has the methods of the provider's challenges and no others, without required headers", () => {
    const methods = own
      .all("aws:apigateway/method:Method")
      .map(({ name, inputs }) => [name, inputs["httpMethod"] as string]);
    expect(methods.filter(([, method]) => method !== "POST")).toEqual([
      ["inbox-api-meta-get", "GET"],
      ["inbox-api-trello-head", "HEAD"],
    ]);
    for (const name of ["inbox-api-meta-get", "inbox-api-trello-head"]) {
      const { inputs } = own.one("aws:apigateway/method:Method", name);
      expect(inputs).not.toHaveProperty("requestValidatorId");
      expect(inputs).toMatchObject({ authorization: "NONE" });
      expect(own.one("aws:apigateway/integration:Integration", `${name}-integration`).inputs).toMatchObject({
        httpMethod: inputs["httpMethod"] as string,
        integrationHttpMethod: "POST",
        type: "AWS_PROXY",
      });
    }
  });

  test("shows its plain address in the outputs, for who verifies a request again", async () => {
    const secret = secretRef("trello");
    const { outputs } = await runProgram({
      providers: [
        "https://hooks.example.com/a",
        "https://user:pass@hooks.example.com/b",
        "https://c.example.com/?t=1",
      ].map((url, index) => ({ name: `trello-${index}`, scheme: "trello", secret, url })),
    });
    expect((outputs["providers"] as { url?: string }[]).map(({ url }) => url)).toEqual([
      "https://hooks.example.com/a",
      undefined,
      undefined,
    ]);
  });

  test("lets the API invoke the function by the methods that schemes use, and no others", () => {
    const sources = own
      .all("aws:lambda/permission:Permission")
      .filter(({ inputs }) => inputs["principal"] === "apigateway.amazonaws.com")
      .map(({ inputs }) => String(inputs["sourceArn"]));
    // All three, whichever providers there are: the route of a removed one is still answered.
    expect(sources.map((arn) => arn.split("/").slice(1).join("/")).sort()).toEqual([
      "v1/GET/webhook*",
      "v1/HEAD/webhook*",
      "v1/POST/webhook*",
    ]);
  });

  test("may write the one secret that a provider is to send, and reads the token", () => {
    const parameter = (name: string) => `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/inbox/${name}`;
    const rights = statements(
      own.one("aws:iam/rolePolicy:RolePolicy", "inbox-ingest-policy").inputs["policy"],
    ).map(({ Action, Resource }) => [[Action].flat().join(), [Resource].flat()] as const);
    expect(Object.fromEntries(rights)).toMatchObject({
      "ssm:GetParameters": ["meta", "meta-token", "trello", "asana", "notion"].map(parameter),
      "ssm:PutParameter": [parameter("asana")],
      "kms:Decrypt": [key],
      "kms:Encrypt": [key],
    });
  });
});

describe("requirement 3: the processing function", () => {
  test("takes batches off the queue and reports failures one by one", () => {
    expect(program.one("aws:lambda/eventSourceMapping:EventSourceMapping").inputs).toEqual(
      expect.objectContaining({
        eventSourceArn: QUEUE,
        functionName: expect.stringContaining("webhook-inbox-process-dev") as string,
        batchSize: 10,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: 250 },
      }),
    );
  });

  test("starts the Express workflow, and its role may do just what it does", () => {
    expect(program.one("aws:sfn/stateMachine:StateMachine").inputs).toMatchObject({ type: "EXPRESS" });
    expect(program.one(FUNCTION, "inbox-process").inputs["environment"]).toMatchObject({
      variables: { STATE_MACHINE_ARN: MACHINE, MAX_RECEIVE_COUNT: "3" },
    });
    expect(granted("inbox-process-policy")).toEqual([
      [
        "Allow",
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
        [QUEUE],
      ],
      ["Allow", ["sqs:SendMessage"], [DLQ]],
      ["Allow", ["states:StartSyncExecution"], [MACHINE]],
      [
        "Allow",
        ["dynamodb:UpdateItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
        [TABLE],
      ],
      ["Allow", ["lambda:InvokeFunction"], [RECOVER]],
      [
        "Allow",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [log("/aws/lambda/webhook-inbox-process-dev")],
      ],
      ["Allow", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]],
    ]);
  });

  test("is paused and resumed by the recovery function, which runs every minute and may do just what it does", () => {
    const mapping = program.one("aws:lambda/eventSourceMapping:EventSourceMapping");
    const mappingArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:${mapping.name}`;
    expect(program.one(FUNCTION, "inbox-recover").inputs["environment"]).toMatchObject({
      variables: {
        MAPPING_ARN: mappingArn,
        STATE_MACHINE_ARN: MACHINE,
        PROCESS_FUNCTION_NAME: program.one(FUNCTION, "inbox-process").inputs["name"] as string,
        QUEUE_URL: expect.stringContaining("webhooks-dev.fifo") as string,
        DLQ_URL: expect.stringContaining("webhooks-dlq-dev.fifo") as string,
      },
    });
    expect(program.one(FUNCTION, "inbox-process").inputs["environment"]).toMatchObject({
      variables: { RECOVER_FUNCTION_NAME: program.one(FUNCTION, "inbox-recover").inputs["name"] as string },
    });
    const { inputs: rule } = program.one("aws:cloudwatch/eventRule:EventRule", "inbox-recover-schedule");
    expect(rule).toMatchObject({ scheduleExpression: "rate(1 minute)" });
    expect(rule["eventBusName"]).toBeUndefined();
    expect(
      program.one("aws:cloudwatch/eventTarget:EventTarget", "inbox-recover-target").inputs,
    ).toMatchObject({
      rule: rule["name"] as string,
      arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:webhook-inbox-recover-dev`,
    });
    expect(program.one("aws:lambda/permission:Permission", "inbox-recover-invoke").inputs).toMatchObject({
      principal: "events.amazonaws.com",
      function: "webhook-inbox-recover-dev",
      sourceArn: expect.stringContaining("recover-every-minute") as string,
    });
    expect(granted("inbox-recover-policy").slice(0, 7)).toEqual([
      [
        "Allow",
        [
          "lambda:GetEventSourceMapping",
          "lambda:UpdateEventSourceMapping",
          "lambda:ListTags",
          "lambda:TagResource",
          "lambda:UntagResource",
        ],
        [mappingArn],
      ],
      ["Allow", ["states:StartSyncExecution"], [MACHINE]],
      ["Allow", ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"], [DLQ]],
      ["Allow", ["lambda:InvokeFunction"], [PROCESS]],
      ["Allow", ["sqs:SendMessage"], [QUEUE]],
      ["Allow", ["dynamodb:UpdateItem", "dynamodb:GetItem"], [TABLE]],
      ["Allow", ["dynamodb:Query"], [`${TABLE}/index/unresolved`]],
    ]);
  });

  test("and the workflow's role may read and update records, publish, and deliver logs and traces", () => {
    expect(granted("inbox-workflow-policy").slice(0, 2)).toEqual([
      ["Allow", ["dynamodb:BatchGetItem", "dynamodb:PartiQLUpdate", "dynamodb:UpdateItem"], [TABLE]],
      ["Allow", ["events:PutEvents"], [BUS]],
    ]);
    const [delivery, tracing, ...others] = granted("inbox-workflow-policy").slice(2);
    expect(others).toEqual([]);
    expect(delivery?.[1]).toHaveLength(8);
    expect(delivery?.[2]).toEqual(["*"]);
    expect(tracing?.[1]).toHaveLength(4);
  });
});

test("requirement 4: a DynamoDB table for metadata, one item per webhook, with TTL and encryption", () => {
  expect(program.one("aws:dynamodb/table:Table").inputs).toMatchObject({
    name: "webhook-inbox-webhooks-dev",
    hashKey: "pk",
    ttl: { attributeName: "expiresAt", enabled: true },
    serverSideEncryption: { enabled: true },
  });
});

describe("requirement 5: an S3 bucket for raw payloads", () => {
  const bucket = `webhook-inbox-raw-dev-${ACCOUNT}`;

  test("that pulumi destroy can empty", () => {
    expect(program.one("aws:s3/bucket:Bucket").inputs).toMatchObject({ bucket, forceDestroy: true });
  });

  test("closed to the public", () => {
    expect(program.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs).toEqual({
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  });

  test("with TLS only", () => {
    expect(statements(program.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])).toEqual([
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [BUCKET, `${BUCKET}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  test("encrypted at rest", () => {
    const { inputs } = program.one(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    );
    expect(inputs["rules"]).toEqual([{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }]);
  });
});

describe("requirement 6: an SQS FIFO queue ordered by provider", () => {
  test("with content-based deduplication, high throughput, encryption, and time for six invocations", () => {
    expect(program.one("aws:sqs/queue:Queue", "inbox-queue").inputs).toMatchObject({
      name: "webhook-inbox-webhooks-dev.fifo",
      fifoQueue: true,
      contentBasedDeduplication: true,
      deduplicationScope: "messageGroup",
      fifoThroughputLimit: "perMessageGroupId",
      sqsManagedSseEnabled: true,
      visibilityTimeoutSeconds: 180,
    });
  });

  test.each(["inbox-queue-policy", "inbox-queue-dlq-policy", "inbox-bus-dlq-policy"])(
    "and TLS only: %s",
    (name) => {
      expect(
        statements(program.one("aws:sqs/queuePolicy:QueuePolicy", name).inputs["policy"])[0],
      ).toMatchObject({
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    },
  );
});

test("requirement 7: a FIFO dead-letter queue after three receives, kept for 14 days", () => {
  const { redrivePolicy } = program.one("aws:sqs/queue:Queue", "inbox-queue").inputs;
  expect(JSON.parse(redrivePolicy as string)).toEqual({ deadLetterTargetArn: DLQ, maxReceiveCount: 3 });
  expect(program.one("aws:sqs/queue:Queue", "inbox-queue-dlq").inputs).toMatchObject({
    fifoQueue: true,
    messageRetentionSeconds: 1_209_600,
  });
});

test("requirement 8: an EventBridge custom bus", () => {
  expect(program.one("aws:cloudwatch/eventBus:EventBus").inputs).toMatchObject({
    name: "webhook-inbox-bus-dev",
  });
});

describe("requirement 9: rules that route by provider", () => {
  const rules = () =>
    program
      .all("aws:cloudwatch/eventRule:EventRule")
      .filter(({ inputs }) => inputs["eventBusName"] !== undefined);

  test.each(PROVIDERS)("%s", (provider) => {
    const { inputs } = program.one("aws:cloudwatch/eventRule:EventRule", `inbox-bus-${provider}`);
    expect(inputs["eventBusName"]).toBe("webhook-inbox-bus-dev");
    expect(JSON.parse(inputs["eventPattern"] as string)).toEqual({ source: [`webhook.${provider}`] });
  });

  test("the inbox itself", () => {
    const { inputs } = program.one("aws:cloudwatch/eventRule:EventRule", "inbox-bus-_inbox");
    expect(JSON.parse(inputs["eventPattern"] as string)).toEqual({ source: ["webhook._inbox"] });
  });

  test("and a catch-all for what matches none", () => {
    const { inputs } = program.one("aws:cloudwatch/eventRule:EventRule", "inbox-bus-unmatched");
    expect(JSON.parse(inputs["eventPattern"] as string)).toEqual({
      source: [{ "anything-but": [...PROVIDERS, "_inbox"].map((provider) => `webhook.${provider}`) }],
    });
    expect(rules()).toHaveLength(PROVIDERS.length + 2);
  });

  test("to CloudWatch Logs, each target with a dead-letter queue", () => {
    const targets = program
      .all("aws:cloudwatch/eventTarget:EventTarget")
      .filter(({ inputs }) => inputs["eventBusName"] !== undefined);
    expect(targets.map(({ inputs }) => inputs["rule"] as string).sort()).toEqual(
      rules()
        .map(({ inputs }) => inputs["name"] as string)
        .sort(),
    );
    for (const { inputs } of targets) {
      expect(inputs).toMatchObject({
        arn: log("/aws/events/webhook-inbox-dev").slice(0, -2),
        deadLetterConfig: {
          arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:webhook-inbox-undelivered-events-dev`,
        },
      });
      expect(inputs["roleArn"]).toBeUndefined();
      expect(inputs["inputTransformer"]).toEqual(eventLogTransformer());
    }
  });

  test("with the resource policy that a log group as a target needs, for this bus's rules only", () => {
    const { inputs } = program.one("aws:cloudwatch/logResourcePolicy:LogResourcePolicy");
    const Principal = { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] };
    const Resource = log("/aws/events/webhook-inbox-dev");
    // As AWS documents it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    expect(statements(inputs["policyDocument"])).toEqual([
      { Sid: "CreateStream", Effect: "Allow", Principal, Resource, Action: "logs:CreateLogStream" },
      {
        Sid: "PutEvents",
        Effect: "Allow",
        Principal,
        Resource,
        Action: "logs:PutLogEvents",
        Condition: {
          ArnLike: { "aws:SourceArn": `arn:aws:events:*:${ACCOUNT}:rule/webhook-inbox-bus-dev/*` },
        },
      },
    ]);
    // Of its log group and not of the account, which has room for ten.
    expect(inputs).toMatchObject({ resourceArn: Resource.replace(/:\*$/, "") });
    expect(inputs).not.toHaveProperty("policyName");
  });

  test("and the queue policy that lets them send what was not delivered", () => {
    const policy = program.one("aws:sqs/queuePolicy:QueuePolicy", "inbox-bus-dlq-policy").inputs["policy"];
    expect(statements(policy)[1]).toMatchObject({
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Condition: { ArnLike: { "aws:SourceArn": `arn:aws:events:*:${ACCOUNT}:rule/webhook-inbox-bus-dev/*` } },
    });
  });
});

test("requirement 10: a log group for every function and every other log, kept for 7 days", () => {
  const groups = program.all("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs);
  expect(groups.map(({ name }) => name as string).sort()).toEqual([
    "/aws/apigateway/webhook-inbox-api-dev",
    "/aws/events/webhook-inbox-dev",
    "/aws/lambda/webhook-inbox-ingest-dev",
    "/aws/lambda/webhook-inbox-process-dev",
    "/aws/lambda/webhook-inbox-recover-dev",
    "/aws/vendedlogs/states/webhook-inbox-workflow-dev",
  ]);
  expect(groups.map(({ retentionInDays }) => retentionInDays as number)).toEqual(groups.map(() => 7));
  for (const { inputs } of program.all(FUNCTION)) {
    expect(groups.map(({ name }) => name as string)).toContain(`/aws/lambda/${inputs["name"]}`);
  }
});

describe("constraints", () => {
  test("throttling: burst 5,000 and rate 10,000 for all methods", () => {
    expect(program.one("aws:apigateway/methodSettings:MethodSettings").inputs).toMatchObject({
      methodPath: "*/*",
      settings: { throttlingBurstLimit: 5_000, throttlingRateLimit: 10_000 },
    });
  });

  test("functions: 256 MB, 30 s, nodejs24.x, arm64", () => {
    expect(program.all(FUNCTION)).toHaveLength(3);
    for (const { inputs } of program.all(FUNCTION)) {
      expect(inputs).toMatchObject({
        memorySize: 256,
        timeout: 30,
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
      });
    }
  });

  test("DynamoDB on demand", () => {
    expect(program.one("aws:dynamodb/table:Table").inputs["billingMode"]).toBe("PAY_PER_REQUEST");
  });

  test("X-Ray on the API's stage, every function and the state machine", () => {
    expect(program.one("aws:apigateway/stage:Stage").inputs["xrayTracingEnabled"]).toBe(true);
    expect(program.all(FUNCTION).map(({ inputs }) => inputs["tracingConfig"] as unknown)).toEqual(
      program.all(FUNCTION).map(() => ({ mode: "Active" })),
    );
    expect(program.one("aws:sfn/stateMachine:StateMachine").inputs["tracingConfiguration"]).toEqual({
      enabled: true,
    });
  });

  test("the workflow logs everything to its own log group, in the example stack with its data", () => {
    expect(program.one("aws:sfn/stateMachine:StateMachine").inputs["loggingConfiguration"]).toEqual({
      level: "ALL",
      includeExecutionData: true,
      logDestination: log("/aws/vendedlogs/states/webhook-inbox-workflow-dev"),
    });
  });

  test("S3 moves payloads to GLACIER after 30 days, but for those below 128 KB, and keeps them", () => {
    const { inputs } = program.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
    expect(inputs["transitionDefaultMinimumObjectSize"]).toBe("all_storage_classes_128K");
    expect(inputs["rules"]).toContainEqual({
      id: "raw-payloads-to-glacier",
      status: "Enabled",
      filter: { prefix: "raw/" },
      transitions: [{ days: 30, storageClass: "GLACIER" }],
    });
    expect(JSON.stringify(inputs["rules"])).not.toContain("raw-payloads-expire");
  });

  test("S3 keeps rejected requests for seven days, and moves none of them anywhere", () => {
    const { rules } = program.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
      .inputs as { rules: { filter: { prefix: string }; transitions?: unknown }[] };
    expect(rules.filter(({ filter: { prefix } }) => "rejected/stripe/".startsWith(prefix))).toEqual([
      expect.objectContaining({ id: "old-versions-expire" }),
      {
        id: "rejected-requests-expire",
        status: "Enabled",
        filter: { prefix: "rejected/" },
        expiration: { days: 7 },
      },
      expect.objectContaining({ id: "abort-incomplete-uploads" }),
    ]);
  });

  test("tags Environment and Service on every resource that can carry tags", () => {
    const taggable = program.resources.filter(({ inputs }) => inputs["tags"] !== undefined);
    for (const { inputs } of taggable) {
      expect(inputs["tags"]).toEqual({ Environment: "dev", Service: "webhook-inbox" });
    }
    expect([...new Set(taggable.map(({ type }) => type))].sort()).toEqual([
      "aws:apigateway/restApi:RestApi",
      "aws:apigateway/stage:Stage",
      "aws:cloudwatch/eventBus:EventBus",
      "aws:cloudwatch/eventRule:EventRule",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:dynamodb/table:Table",
      "aws:iam/role:Role",
      "aws:lambda/eventSourceMapping:EventSourceMapping",
      "aws:lambda/function:Function",
      "aws:s3/bucket:Bucket",
      "aws:sfn/stateMachine:StateMachine",
      "aws:sns/topic:Topic",
      "aws:sqs/queue:Queue",
    ]);
  });

  test("the environment's suffix in every physical name", () => {
    const named = program.resources.flatMap(({ type, name, inputs }) => [
      ...["name", "bucket", "policyName"]
        .filter((key) => typeof inputs[key] === "string")
        .map((key) => ({ resource: `${type} ${name}`, physical: inputs[key] as string })),
      // Pulumi makes up the name of a role that has none: its logical name and seven characters.
      ...(type === "aws:iam/role:Role" && inputs["name"] === undefined
        ? [{ resource: `${type} ${name}`, physical: name }]
        : []),
    ]);
    // The validator lives inside its API.
    const global = named.filter(({ resource }) => !resource.includes("requestValidator"));
    expect(global.length).toBeGreaterThan(20);
    expect(global.filter(({ physical }) => !/-dev($|-|\.fifo$)/.test(physical))).toEqual([]);
  });

  test("roles that only their service may assume, for this account's state machine where the service says so", () => {
    const trusts = Object.fromEntries(
      program
        .all("aws:iam/role:Role")
        .map(({ name, inputs }) => [name, statements(inputs["assumeRolePolicy"])]),
    );
    expect(trusts["inbox-workflow-role"]).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "states.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": ACCOUNT },
          ArnLike: {
            "aws:SourceArn": `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:webhook-inbox-workflow-dev`,
          },
        },
      },
    ]);
    for (const name of ["inbox-ingest-role", "inbox-process-role"]) {
      expect(trusts[name]).toEqual([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]);
    }
  });

  test("no role may do everything, or anything on everything but what takes no resource", () => {
    for (const { inputs } of program.all("aws:iam/rolePolicy:RolePolicy")) {
      for (const { Action, Resource } of statements(inputs["policy"])) {
        expect([Action].flat().filter((action) => action.includes("*"))).toEqual([]);
        if ([Resource].flat().includes("*")) {
          const withoutResource = /^(xray:|logs:(\w*LogDeliver|PutResourcePolicy|Describe))/;
          expect([Action].flat().filter((action) => !withoutResource.test(action))).toEqual([]);
        }
      }
    }
  });
});

test("the stack's outputs have these names", () => {
  expect(program.outputs).toMatchObject({
    api_endpoint: "https://api1.execute-api.us-east-1.amazonaws.com/v1/webhook",
    dynamodb_table_name: "webhook-inbox-webhooks-dev",
    s3_bucket_name: `webhook-inbox-raw-dev-${ACCOUNT}`,
    sqs_queue_url: expect.stringContaining("webhook-inbox-webhooks-dev.fifo") as string,
    dlq_url: expect.stringContaining("webhook-inbox-webhooks-dlq-dev.fifo") as string,
    eventbridge_bus_arn: BUS,
    state_machine_arn: MACHINE,
    ingestion_function_name: "webhook-inbox-ingest-dev",
    processing_function_name: "webhook-inbox-process-dev",
    throttle_burst_limit: 5_000,
    throttle_rate_limit: 10_000,
    provider_throttle_limits: {},
  });
});

test("the output of the providers says where their secrets are stored, and nothing of how events are made", () => {
  expect(program.outputs["providers"]).toContainEqual({
    name: "stripe",
    scheme: "stripe",
    secret: { ssm: "/webhook-inbox/dev/stripe" },
  });
  expect((program.outputs["providers"] as { name: string }[]).map(({ name }) => name)).toEqual(PROVIDERS);
});

test("nothing secret is in what the program declares: of a secret it knows the name", () => {
  const text = JSON.stringify(program.resources.map(({ inputs }) => inputs));
  expect(text).not.toMatch(/whsec_|SecretString/);
});
