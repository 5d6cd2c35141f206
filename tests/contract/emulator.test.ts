import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { SQSRecord } from "aws-lambda";
import { strToU8, zipSync } from "fflate";
import { consumerOf } from "../../functions/adapters/breaker";
import {
  createDynamoDB,
  createItems,
  createS3,
  createSqs,
  createStepFunctions,
} from "../../functions/adapters/clients";
import { createDeadLetterReader, createRedriveSender } from "../../functions/adapters/dead-letters";
import { createDeliveryStore } from "../../functions/adapters/deliveries";
import { createHeldStore } from "../../functions/adapters/held";
import { UNRESOLVED_INDEX } from "../../functions/adapters/indexes";
import { createPauseReader, createResumeStore, writePause } from "../../functions/adapters/pauses";
import { createPayloadStore } from "../../functions/adapters/payloads";
import {
  createDeadLetterSender,
  createQueueReceiver,
  createQueueSender,
  receivedMessage,
} from "../../functions/adapters/queue";
import { createFailureStore, createRecordStore, createRedriveStore } from "../../functions/adapters/records";
import { createLease } from "../../functions/adapters/reconcile/lease";
import { createQuarantine } from "../../functions/adapters/rejected";
import { secretStore } from "../../functions/adapters/secret-store";
import { cachedSecrets } from "../../functions/adapters/secrets";
import { signedCalls } from "../../functions/adapters/signed-calls";
import { createWorkflowClient } from "../../functions/adapters/workflow";
import { inboxAt } from "../../inbox/connect";
import type { Outputs } from "../../inbox/outputs";
import { RawPayloads } from "../../inbox/payloads";
import { RejectedRequests } from "../../inbox/rejected";
import { startEmulator, type Emulator } from "../../local/emulator";
import { PROVIDER, SECRET } from "../simulation/sender";
import { until } from "../support/until";
import { createRole, workflowIn } from "../support/workflow";
import { consumerContract } from "./consumer.contract";
import { deliveriesContract } from "./deliveries.contract";
import { heldContract } from "./held.contract";
import { leaseContract } from "./lease.contract";
import { pausesContract } from "./pauses.contract";
import { payloadsContract } from "./payloads.contract";
import { quarantineContract } from "./quarantine.contract";
import { MAX_RECEIVE_COUNT, queuesContract, VISIBILITY_SECONDS } from "./queues.contract";
import { recordsContract } from "./records.contract";
import { secretsContract } from "./secrets.contract";
import { EXPRESSIONS, workflowContract } from "./workflow.contract";

/* The functions' adapters on the emulator. What holds here holds for the fakes of the simulation: `fakes.test.ts`. */

const BUCKET = "raw-payloads";

let emulator: Emulator;
let workflow: Awaited<ReturnType<typeof workflowIn>>;
beforeAll(async () => {
  emulator = await startEmulator();
  const { endpoint, region, credentials } = emulator.client;
  // Set the variables that Lambda gives a function, for adapters that sign their calls themselves.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  workflow = await workflowIn(emulator, [{ name: PROVIDER, ...EXPRESSIONS }]);
}, 120_000);
afterAll(() => emulator?.stop());

describe("the records", () =>
  recordsContract(async () => {
    const dynamodb = createDynamoDB();
    return {
      ...createRecordStore(workflow.name, dynamodb, 90),
      ...createFailureStore(workflow.name, dynamodb),
      ...createRedriveStore(workflow.name, dynamodb),
      put: ({ pk, ...record }) => workflow.put(pk, record),
      read: workflow.record,
    };
  }));

describe("the raw payloads", () =>
  payloadsContract(async () => {
    const payloads = new RawPayloads(await bucket());
    return { ...createPayloadStore(BUCKET, createS3()), get: (key) => payloads.bytes(key) };
  }));

describe("the quarantine", () =>
  quarantineContract(async () => {
    const rejected = new RejectedRequests(await bucket());
    const { keep } = createQuarantine(BUCKET, createS3(), true);
    const { signal } = new AbortController();
    return { keep, read: (id) => rejected.read(id), ids: (provider) => rejected.ids({ provider }, signal) };
  }));

describe("the pauses", () =>
  pausesContract(async () => {
    const items = createItems();
    return {
      processor: createPauseReader(workflow.name, items),
      recovery: createResumeStore(workflow.name, "no queue", items, createSqs()),
      write: (provider, pause) => writePause(workflow.name, items, provider, pause),
    };
  }));

describe("the deliveries", () =>
  deliveriesContract(async () =>
    createDeliveryStore({ tableName: workflow.name, consumer: "crm", keptSeconds: 60 }, signedCalls()),
  ));

let leases = 0;

describe("the lease", () =>
  leaseContract(async () => {
    leases += 1;
    const provider = `acme-${leases}`;
    return (now) => createLease(workflow.name, provider, createDynamoDB(), now);
  }));

describe("what is held", () =>
  heldContract(async () => {
    const TableName = "held";
    const key = (AttributeName: string, KeyType: "HASH" | "RANGE") => ({ AttributeName, KeyType });
    await new DynamoDBClient(emulator.client).send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [key("pk", "HASH")],
        AttributeDefinitions: ["pk", UNRESOLVED_INDEX, "receivedAt"].map((AttributeName) => ({
          AttributeName,
          AttributeType: "S",
        })),
        GlobalSecondaryIndexes: [
          {
            IndexName: UNRESOLVED_INDEX,
            KeySchema: [key(UNRESOLVED_INDEX, "HASH"), key("receivedAt", "RANGE")],
            Projection: { ProjectionType: "KEYS_ONLY" },
          },
        ],
      }),
    );
    const items = createItems();
    const { groups } = createResumeStore(TableName, "no queue", items, createSqs());
    return { held: createHeldStore(TableName, items), groups };
  }));

describe("the queues", () =>
  queuesContract(async () => {
    const sqs = new SQSClient(emulator.client);
    const own = createSqs();
    const { url: deadLetterUrl, arn: deadLetterTargetArn } = await createQueue(sqs);
    const { url } = await createQueue(sqs, {
      VisibilityTimeout: String(VISIBILITY_SECONDS),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: MAX_RECEIVE_COUNT }),
    });
    const receive = async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
        }),
      );
      return Messages.map(sqsRecord).map(receivedMessage);
    };
    return {
      ingest: createQueueSender(url, own),
      group: createQueueReceiver(url, own),
      processor: createDeadLetterSender(deadLetterUrl, own),
      recover: {
        queue: createRedriveSender(url, own),
        deadLetters: createDeadLetterReader(deadLetterUrl, own),
      },
      wake: createResumeStore("no table", url, createItems(), own).wake,
      receive,
      next: () =>
        until("a message", async () => {
          const received = await receive();
          return received.length > 0 && received;
        }),
      delete: async ({ receiptHandle }) =>
        void (await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receiptHandle }))),
    };
  }));

describe("the workflow", () =>
  workflowContract(async () => ({
    ...createWorkflowClient(workflow.stateMachineArn, createStepFunctions()),
    published: async () => (await workflow.published()).map(({ detail }) => detail.id),
    put: ({ pk, ...record }) => workflow.put(pk, record),
    read: workflow.record,
  })));

describe("the breaker", () =>
  consumerContract(async () => {
    const lambda = new LambdaClient(emulator.client);
    const { arn } = await createQueue(new SQSClient(emulator.client));
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "process",
        Role: await createRole("process", emulator),
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: zipSync({ "index.js": strToU8("exports.handler = async () => {};") }) },
      }),
    );
    const { UUID, EventSourceMappingArn = "" } = await lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName: "process", EventSourceArn: arn }),
    );
    return {
      consumer: consumerOf(EventSourceMappingArn, signedCalls()),
      waitUntil: async (reads) => {
        const state = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
        await until("its state", async () => (await state()) === (reads ? "Enabled" : "Disabled"));
      },
    };
  }));

describe("the secrets", () =>
  secretsContract(async () => {
    const Name = `/contract/${PROVIDER}`;
    await new SSMClient(emulator.client).send(
      new PutParameterCommand({ Name, Value: SECRET, Type: "SecureString" }),
    );
    const { read, write } = secretStore();
    return cachedSecrets(new Map([[PROVIDER, { ssm: Name }]]), read, Date.now, () => {}, write);
  }));

/** Creates the bucket, unless it exists already. */
async function bucket() {
  const s3 = new S3Client({ ...emulator.client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return inboxAt({ s3_bucket_name: BUCKET } as Outputs, emulator.client);
}

let queues = 0;

/** Creates a queue as components/webhook-queue.ts deploys it. */
async function createQueue(sqs: SQSClient, attributes: Readonly<Record<string, string>> = {}) {
  queues += 1;
  const { QueueUrl = "" } = await sqs.send(
    new CreateQueueCommand({
      QueueName: `queue-${queues}.fifo`,
      Attributes: {
        FifoQueue: "true",
        ContentBasedDeduplication: "true",
        DeduplicationScope: "messageGroup",
        FifoThroughputLimit: "perMessageGroupId",
        ...attributes,
      },
    }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  return { url: QueueUrl, arn: Attributes?.["QueueArn"] ?? "" };
}

/** Returns a message as Lambda's event source mapping passes it to a function. */
function sqsRecord({
  MessageId = "",
  ReceiptHandle = "",
  Body = "",
  Attributes,
  MessageAttributes = {},
}: Message) {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
        name,
        { stringValue: StringValue, dataType: "String" },
      ]),
    ),
  } as unknown as SQSRecord;
}
