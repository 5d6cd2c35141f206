import type { LogLine } from "../domain/log-line";
import { metricsOf } from "./metrics";
import { traceId } from "./trace";

/**
 * Writes one structured line, with its trace id and the metrics that CloudWatch extracts from it. Writes to stdout
 * directly: `console.log` of Lambda's Node runtime puts time, request id and level before the text, so the line would
 * not be JSON.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function log(line: LogLine): void {
  const header = line.event === "webhook.processed" ? line.trace : undefined;
  const metrics = metricsOf(line, process.env["METRIC_NAMESPACE"], Date.now());
  process.stdout.write(`${JSON.stringify({ ...line, trace: traceId(header), ...metrics })}\n`);
}
