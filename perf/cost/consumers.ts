import { ASSUMED, chunks, GIGABYTE, MILLION, type Options, type Usage } from "./model";
import { PRICES } from "./prices";

/** How a consumer gets its events; `original` is over HTTP with `as: original`. */
export const CONSUMER_KINDS = ["queue", "lambda", "http", "original"] as const;
export type ConsumerKind = (typeof CONSUMER_KINDS)[number];

/** Estimates, as {@link ASSUMED}: times on AWS are not known here. */
const DELIVERY = {
  /** A function waits for the consumer's answer and for two calls to AWS. */
  seconds: 0.2,
  /** Its line of each attempt, as billed. */
  logBytes: 450,
  /** Times that an event is delivered: most consumers fail seldom. */
  attempts: 1,
  /** What is kept of a delivery, below 1 KB: the answer is short. */
  writeUnits: 1,
} as const;

/**
 * Lines of the execution's log for a message: begin and end of the Map's iteration, the state's entry and exit, and its
 * task scheduled, started and succeeded.
 */
const LOG_LINES = 7;

/** Messages that are received and deleted in one call: your own reader takes ten, a mapping with a batch size of one does not. */
const BATCH: Readonly<Record<ConsumerKind, number>> = { queue: 10, lambda: 1, http: 1, original: 1 };

/** Dollars per million events for one consumer that wants them, by part; what its own function or server costs is not in it. */
export function consumerPerMillion(
  kind: ConsumerKind,
  { executions }: Usage,
  { log }: Pick<Options, "log">,
): Readonly<Record<string, number>> {
  const sum = (of: (execution: Usage["executions"][number]) => number) =>
    executions.reduce((total, execution) => total + of(execution), 0);
  const events = sum(({ eventBytes }) => eventBytes.length);
  const sends = sum(({ eventBytes }) => eventBytes.reduce((all, bytes) => all + chunks(bytes), 0)) / events;
  // The Map passes numbers, so that with data the event is in one of its lines: that of the call.
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
