import { ASSUMED, chunks, GIGABYTE, MILLION, type Options, type Usage } from "./model";
import { PRICES } from "./prices";

/** How a consumer gets its events; `original` means over HTTP with `as: original`. */
export const CONSUMER_KINDS = ["queue", "lambda", "http", "original"] as const;
export type ConsumerKind = (typeof CONSUMER_KINDS)[number];

/** Estimates, like {@link ASSUMED}: times on AWS are not known here. */
const DELIVERY = {
  /** Seconds that a function waits for the consumer's answer and for two calls to AWS. */
  seconds: 0.2,
  /** Bytes of the function's log line of each attempt, as billed. */
  logBytes: 450,
  /** Number of times that an event is delivered: most consumers fail seldom. */
  attempts: 1,
  /** Write units of a delivery's item: it is below 1 KB, since the stored answer is short. */
  writeUnits: 1,
} as const;

/**
 * Number of lines in the execution's log for one message: begin and end of the Map's iteration, the state's entry and
 * exit, and its task scheduled, started and succeeded.
 */
const LOG_LINES = 7;

/**
 * Number of messages that are received and deleted in one call: the user's own reader takes ten, a mapping with a batch
 * size of one does not.
 */
const BATCH: Readonly<Record<ConsumerKind, number>> = { queue: 10, lambda: 1, http: 1, original: 1 };

/**
 * Returns dollars per million events for one consumer that wants them, by part, without the cost of its own function or
 * server.
 */
export function consumerPerMillion(
  kind: ConsumerKind,
  { executions }: Usage,
  { log }: Pick<Options, "log">,
): Readonly<Record<string, number>> {
  const sum = (of: (execution: Usage["executions"][number]) => number) =>
    executions.reduce((total, execution) => total + of(execution), 0);
  const events = sum(({ eventBytes }) => eventBytes.length);
  const sends = sum(({ eventBytes }) => eventBytes.reduce((all, bytes) => all + chunks(bytes), 0)) / events;
  // Counts the event once for the log with data: the Map passes numbers, so that only the line of the call contains the
  // event.
  const eventBytes = sum((execution) => execution.eventBytes.reduce((all, bytes) => all + bytes, 0)) / events;
  const lineBytes = sum(({ logBytes }) => logBytes.withoutData) / sum(({ lines }) => lines);
  const logged = {
    "all with data": LOG_LINES * lineBytes + eventBytes,
    "all without data": LOG_LINES * lineBytes,
    "errors only": 0,
  }[log];
  const isCalled = kind === "http" || kind === "original";
  const { seconds, logBytes, attempts, writeUnits } = DELIVERY;
  const logs = (bytes: number) => (bytes / GIGABYTE) * PRICES.logGigabyte.dollars * MILLION;
  return {
    "SQS: send": sends * PRICES.sqsFifoRequest.dollars,
    "SQS: receive, delete": ((1 + sends) / BATCH[kind]) * PRICES.sqsFifoRequest.dollars,
    "log: executions": logs(logged),
    ...(isCalled && {
      function:
        attempts *
        (PRICES.lambdaRequest.dollars +
          seconds * ASSUMED.functionGigabytes * PRICES.lambdaArmSecond.dollars * MILLION),
      "DynamoDB: delivery": attempts * writeUnits * PRICES.dynamodbWrite.dollars,
      "log: function": attempts * logs(logBytes + ASSUMED.platformLogBytes),
    }),
    ...(kind === "original" && { "S3: get": attempts * PRICES.s3Get.dollars }),
  };
}
