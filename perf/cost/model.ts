import type { FunctionUsage } from "./functions";
import { PRICES } from "./prices";
import type { AwsCall } from "./recorder";
import type { WorkflowUsage } from "./workflow";

/** What was counted for a batch of webhooks. */
export interface Usage {
  readonly functions: FunctionUsage;
  readonly workflow: WorkflowUsage;
}

export interface Options {
  readonly log: "all with data" | "all without data" | "errors only";
  /** Share of requests that X-Ray traces. @default its own sampling rule beyond the first request of a second, 5 % */
  readonly traced: number;
  /** Whether each payload is kept in S3. */
  readonly rawPayloads: boolean;
  /** Whether payloads below 128 KB move to Glacier, each for the price of a transition (`archiveSmallPayloads`). */
  readonly glacier: boolean;
}

/** The stack as it is deployed. */
export const DEPLOYED: Options = {
  log: "all without data",
  traced: 0.05,
  rawPayloads: true,
  glacier: false,
};

/**
 * What cannot be counted here: times on AWS. The functions wait for the services that they call, at the latencies of
 * `npm run bench -- --only ingest`, and compute at 256 MB with a seventh of a processor. Estimates, not measurements.
 */
export const ASSUMED = {
  functionGigabytes: 0.25,
  ingestSeconds: 0.045,
  processSeconds: 0.12,
  /** Express executions are billed in steps of 100 ms and of 64 MB. */
  workflowSeconds: 0.1,
  workflowGigabytes: 0.064,
  /** START, END and REPORT of an invocation. */
  platformLogBytes: 340,
  /** A line of the access log. */
  accessLogBytes: 430,
} as const;

const MILLION = 1_000_000;

/** The claim puts the record's key into the index of the newest webhooks; a status is not in it. */
const INDEX_UNITS = 1;
const GIGABYTE = 1e9;
const CHUNK = 64 * 1024;

/** Dollars per million webhooks, by part. */
export function costPerMillion(
  { functions, workflow }: Usage,
  options: Options,
): Readonly<Record<string, number>> {
  const { webhooks, ingest, process } = functions;
  const perWebhook = 1 / webhooks;
  const calls = [...ingest.calls, ...process.calls];
  const of = (service: AwsCall["service"], operation: string) =>
    calls.filter((call) => call.service === service && call.operation === operation);
  const executions = of("StepFunctions", "StartSyncExecution").length;
  const writeUnits = Math.ceil(workflow.itemBytes / 1_024);
  const inWorkflow = (call: string) => workflow.calls.filter((made) => made === call).length * executions;

  const writes =
    of("DynamoDB", "UpdateItem").length * (writeUnits + INDEX_UNITS) +
    // A transaction costs two units where a write costs one. One item more is the group's own, how far it has come in time.
    2 * (writeUnits * webhooks + 1) * inWorkflow("dynamodb:transactWriteItems");
  const reads = (Math.ceil(workflow.itemBytes / 4_096) * webhooks + 1) * inWorkflow("dynamodb:batchGetItem");
  const sends = of("SQS", "SendMessage").reduce((sum, { body }) => sum + chunks(body.length), 0);
  const bodies = of("S3", "PutObject").reduce((sum, { body }) => sum + body.length, 0);
  const invocations = webhooks + 1;
  const functionSeconds = webhooks * ASSUMED.ingestSeconds + ASSUMED.processSeconds;
  const functionLogs =
    ingest.logBytes +
    process.logBytes +
    invocations * ASSUMED.platformLogBytes +
    webhooks * ASSUMED.accessLogBytes;
  const events = workflow.eventBytes.reduce((sum, bytes) => sum + chunks(bytes), 0);
  const eventLog = workflow.eventBytes.reduce((sum, bytes) => sum + bytes, 0);
  const workflowLog = {
    "all with data": workflow.logBytes.withData,
    "all without data": workflow.logBytes.withoutData,
    "errors only": 0,
  }[options.log];

  const logs = (bytes: number) => (bytes / GIGABYTE) * PRICES.logGigabyte.dollars * MILLION;
  const batch = {
    "API Gateway": webhooks * PRICES.apiRequest.dollars,
    functions:
      invocations * PRICES.lambdaRequest.dollars +
      functionSeconds * ASSUMED.functionGigabytes * PRICES.lambdaArmSecond.dollars * MILLION,
    "S3: put": options.rawPayloads ? of("S3", "PutObject").length * PRICES.s3Put.dollars : 0,
    "S3: a month": options.rawPayloads ? (bodies / GIGABYTE) * PRICES.s3Month.dollars * MILLION : 0,
    "S3: to Glacier": options.rawPayloads && options.glacier ? webhooks * PRICES.s3ToGlacier.dollars : 0,
    DynamoDB: writes * PRICES.dynamodbWrite.dollars + reads * PRICES.dynamodbRead.dollars,
    // Receiving and deleting are the event source mapping's: a call each per batch.
    SQS: (sends + 2 * executions) * PRICES.sqsFifoRequest.dollars,
    "Step Functions":
      executions *
      (PRICES.expressRequest.dollars +
        ASSUMED.workflowSeconds * ASSUMED.workflowGigabytes * PRICES.expressSecond.dollars * MILLION),
    EventBridge: events * PRICES.event.dollars,
    "log: functions and access": logs(functionLogs),
    "log: events": logs(eventLog),
    "log: executions": logs(workflowLog * executions),
    "X-Ray": options.traced * webhooks * PRICES.trace.dollars,
  };
  return Object.fromEntries(Object.entries(batch).map(([part, dollars]) => [part, dollars * perWebhook]));
}

export function total(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((sum, dollars) => sum + dollars, 0);
}

/** Billed pieces of 64 KB. */
function chunks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK));
}
