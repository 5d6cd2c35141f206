import { CloudWatchClient, PutMetricDataCommand, type MetricDatum } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilteredLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import { setTimeout as pause } from "node:timers/promises";
import { describeError } from "../../functions/domain/errors";
import type { Emulator } from "../emulator";

/** Milliseconds between two reads of the logs. */
const INTERVAL_MS = 1_000;

/** Milliseconds by which a line can appear in the log after a line that was written later. */
const LATE_MS = 60_000;

/** A log line in the embedded metric format. */
interface Embedded extends Record<string, unknown> {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: MetricDatum["Unit"] }[];
    }[];
  };
}

/**
 * Follows the functions' logs and puts the metrics of lines in the embedded metric format into the emulator's
 * CloudWatch, which MiniStack does not do.
 * @returns a function that ends it
 */
export function metricsFromLogs(emulator: Emulator, logGroupNames: readonly string[]): () => Promise<void> {
  const logs = new CloudWatchLogsClient(emulator.client);
  const metrics = new CloudWatchClient(emulator.client);
  const ending = new AbortController();

  async function follow(logGroupName: string): Promise<void> {
    let seen = new Set<string>();
    let startTime = Date.now();
    while (!ending.signal.aborted) {
      try {
        const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime }));
        for (const event of events) {
          if (!seen.has(identity(event))) await counted(event.message ?? "");
        }
        // Read the last minute again: lines appear late, with the time at which they were written.
        startTime = Math.max(startTime, (events.at(-1)?.timestamp ?? 0) - LATE_MS);
        seen = new Set(events.map(identity));
      } catch {
        // Continue: the stack works without metrics, and the next read may succeed.
      }
      await pause(INTERVAL_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  }

  /** Counts a line, or reports why it cannot, so that the lines after it are still counted. */
  async function counted(message: string): Promise<void> {
    await put(message).catch((error: unknown) =>
      console.error(`A line of a function's log was not counted: ${describeError(error)}`),
    );
  }

  async function put(message: string): Promise<void> {
    if (!message.startsWith('{"') || !message.includes('"CloudWatchMetrics"')) return;
    const line = JSON.parse(message) as Embedded;
    for (const { Namespace, Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      const MetricData = Dimensions.flatMap((names) =>
        Metrics.map(({ Name, Unit }): MetricDatum => ({
          MetricName: Name,
          Unit,
          Value: Number(line[Name]),
          Timestamp: new Date(line._aws.Timestamp),
          Dimensions: names.map((name) => ({ Name: name, Value: String(line[name]) })),
        })),
      );
      await metrics.send(new PutMetricDataCommand({ Namespace, MetricData }));
    }
  }

  const following = logGroupNames.map(follow);
  return async () => {
    ending.abort();
    await Promise.all(following);
  };
}

/** Returns the identity of a line, to which the emulator gives no id. */
function identity({ logStreamName, timestamp, message }: FilteredLogEvent): string {
  return `${logStreamName} ${timestamp} ${message}`;
}
