import type { FunctionUsage } from "./functions";
import { PRICES } from "./prices";
import type { AwsCall } from "./recorder";
import type { WorkflowUsage } from "./workflow";

/** Everything that was counted for a batch of webhooks. */
export interface Usage {
  readonly functions: FunctionUsage;
  /** Usage of each execution; a batch that is too large for one takes several. */
  readonly executions: readonly WorkflowUsage[];
}

export interface Options {
  readonly log: "all with data" | "all without data" | "errors only";
  /** Whether the example consumer's log keeps the events' data (`eventLogData`). */
  readonly eventLogData: boolean;
  /** API destinations that the events are sent to, besides that log. */
  readonly apiDestinations: number;
  /** Share of requests that X-Ray traces. @default its own sampling rule beyond the first request of a second, 5 % */
  readonly traced: number;
  /** Whether each payload is kept in S3. */
  readonly rawPayloads: boolean;
  /** Whether payloads below 128 KB move to Glacier, each for the price of a transition (`archiveSmallPayloads`). */
  readonly glacier: boolean;
}

/**
 * Share of requests that X-Ray's own rule traces at a rate per second: the first of each second, and 5 % of the rest.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 */
export function sampled(perSecond: number): number {
  return (Math.min(perSecond, 1) + 0.05 * Math.max(perSecond - 1, 0)) / perSecond;
}

/** Options of the stack as it is deployed. */
export const DEPLOYED: Options = {
  log: "all without data",
  eventLogData: false,
  apiDestinations: 0,
  traced: 0.05,
  rawPayloads: true,
  glacier: false,
};

/**
 * Estimates of what cannot be measured here: times on AWS. The functions wait for the services that they call, at the
 * latencies of `npm run bench -- --only ingest`, and compute at 256 MB with a seventh of a processor.
 */
export const ASSUMED = {
  functionGigabytes: 0.25,
  ingestSeconds: 0.045,
  processSeconds: 0.12,
  /** Seconds and gigabytes of an execution: Express executions are billed in steps of 100 ms and of 64 MB. */
  workflowSeconds: 0.1,
  workflowGigabytes: 0.064,
  /** Bytes of the lines START, END and REPORT of an invocation, as billed. */
  platformLogBytes: 345,
  /** Bytes of a line of the access log (`ACCESS_LOG_FORMAT` of components/webhook-api.ts), as billed. */
  accessLogBytes: 275,
} as const;

export const MILLION = 1_000_000;

/**
 * Bytes that DynamoDB adds to each item of a table or an index, and bytes of a key in the index of the newest webhooks.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
const ITEM_OVERHEAD_BYTES = 100;
const INDEX_KEY_BYTES = 120;

/**
 * Write units in the index of the newest webhooks: the claim adds the record's key; later updates of the status do not
 * change it.
 */
const INDEX_UNITS = 1;
export const GIGABYTE = 1e9;
const CHUNK = 64 * 1024;

/** Returns dollars per million webhooks, by part. */
export function costPerMillion(
  { functions, executions }: Usage,
  options: Options,
): Readonly<Record<string, number>> {
  const { webhooks, ingest, process } = functions;
  const perWebhook = 1 / webhooks;
  const calls = [...ingest.calls, ...process.calls];
  const of = (service: AwsCall["service"], operation: string) =>
    calls.filter((call) => call.service === service && call.operation === operation);
  const itemBytes = Math.max(...executions.map((execution) => execution.itemBytes));
  const writeUnits = Math.ceil(itemBytes / 1_024);
  const sumOf = (value: (execution: WorkflowUsage) => number) =>
    executions.reduce((sum, execution) => sum + value(execution), 0);
  /** Returns the units of all calls of one kind: an item per webhook, and one for the group's progress in time. */
  const units = (call: string, perItem: number) =>
    sumOf(
      ({ calls, eventBytes }) =>
        (perItem * eventBytes.length + 1) * calls.filter((made) => made === call).length,
    );

  const writes =
    of("DynamoDB", "UpdateItem").length * (writeUnits + INDEX_UNITS) +
    units("dynamodb:batchExecuteStatement", writeUnits) +
    // Doubles the units: a transaction costs two where a write costs one.
    2 * units("dynamodb:transactWriteItems", writeUnits);
  const reads =
    units("dynamodb:batchGetItem", Math.ceil(itemBytes / 4_096)) +
    // Adds the read of the paused providers: one small item, strongly consistent.
    of("DynamoDB", "GetItem").length;
  const sends = of("SQS", "SendMessage").reduce((sum, { body }) => sum + chunks(body.length), 0);
  const bodies = of("S3", "PutObject").reduce((sum, { body }) => sum + body.length, 0);
  const invocations = webhooks + 1;
  const functionSeconds = webhooks * ASSUMED.ingestSeconds + ASSUMED.processSeconds;
  const functionLogs =
    ingest.logBytes +
    process.logBytes +
    invocations * ASSUMED.platformLogBytes +
    webhooks * ASSUMED.accessLogBytes;
  const events = sumOf(({ eventBytes }) => eventBytes.reduce((sum, bytes) => sum + chunks(bytes), 0));
  const eventLog = sumOf(
    ({ eventLogBytes }) => eventLogBytes[options.eventLogData ? "withData" : "withoutData"],
  );
  const workflowLog = {
    "all with data": sumOf(({ logBytes }) => logBytes.withData),
    "all without data": sumOf(({ logBytes }) => logBytes.withoutData),
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
    "DynamoDB: a month":
      ((itemBytes + 2 * ITEM_OVERHEAD_BYTES + INDEX_KEY_BYTES) / GIGABYTE) *
      webhooks *
      PRICES.dynamodbMonth.dollars *
      MILLION,
    // Adds the calls of the event source mapping: one to receive and one to delete for each batch.
    SQS: (sends + 2 * executions.length) * PRICES.sqsFifoRequest.dollars,
    "Step Functions":
      executions.length *
      (PRICES.expressRequest.dollars +
        ASSUMED.workflowSeconds * ASSUMED.workflowGigabytes * PRICES.expressSecond.dollars * MILLION),
    EventBridge: events * PRICES.event.dollars,
    "API destinations": options.apiDestinations * events * PRICES.apiDestination.dollars,
    "log: functions and access": logs(functionLogs),
    "log: events": logs(eventLog),
    "log: executions": logs(workflowLog),
    "X-Ray": options.traced * webhooks * PRICES.trace.dollars,
  };
  return Object.fromEntries(Object.entries(batch).map(([part, dollars]) => [part, dollars * perWebhook]));
}

export function total(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((sum, dollars) => sum + dollars, 0);
}

/** Returns the number of billed chunks of 64 KB. */
export function chunks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK));
}
